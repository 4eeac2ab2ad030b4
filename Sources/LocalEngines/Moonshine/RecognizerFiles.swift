import Foundation
import SpeechEngines

/// The files of a recognizer for sherpa-onnx, told from the names in its folder.
struct RecognizerFiles: Equatable, Sendable {
    /// The families of models, with the files each of them wants.
    enum Family: Equatable, Sendable {
        case moonshine(encoder: String, mergedDecoder: String)
        case moonshineSeries1(preprocessor: String, encoder: String, uncachedDecoder: String, cachedDecoder: String)
        case whisper(encoder: String, decoder: String, isEnglish: Bool)
        case transducer(encoder: String, decoder: String, joiner: String)
        case senseVoice(model: String)
        case paraformer(model: String)
        case nemoCTC(model: String)
    }

    var family: Family
    var tokens: String

    /// Looks through `folder`.
    init(folder: String) throws {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder).sorted() else {
            throw EngineError(.modelMissing, "There is no folder \(folder) with a speech recognizer.")
        }
        /// The first model whose name holds all of `parts`; the int8 one where there are two, for it is the faster.
        func model(_ parts: String..., without unwanted: String = "/") -> String? {
            let found = names.filter { name in
                (name.hasSuffix(".onnx") || name.hasSuffix(".ort"))
                    && parts.allSatisfy { name.contains($0) } && !name.contains(unwanted)
            }
            return (found.first { $0.contains("int8") } ?? found.first).map { "\(folder)/\($0)" }
        }
        guard let tokens = names.first(where: { $0.hasSuffix("tokens.txt") }) else {
            throw EngineError(.modelRefused, "\(folder) holds no tokens.txt, so it isn't a recognizer for sherpa-onnx.")
        }
        self.tokens = "\(folder)/\(tokens)"

        if let decoder = model("decoder", "merged"), let encoder = model("encoder") {
            family = .moonshine(encoder: encoder, mergedDecoder: decoder)
        } else if let preprocessor = model("preprocess"), let uncached = model("uncached_decode"),
            let cached = model("cached_decode", without: "uncached"), let encoder = model("encode")
        {
            family = .moonshineSeries1(
                preprocessor: preprocessor, encoder: encoder, uncachedDecoder: uncached, cachedDecoder: cached)
        } else if let encoder = model("encoder"), let decoder = model("decoder") {
            if let joiner = model("joiner") {
                family = .transducer(encoder: encoder, decoder: decoder, joiner: joiner)
            } else {
                family = .whisper(encoder: encoder, decoder: decoder, isEnglish: encoder.contains(".en-"))
            }
        } else if let model = model("") {
            family = Self.single(model, in: folder)
        } else {
            throw EngineError(
                .modelRefused,
                "\(folder) holds no recognizer that is known here (Moonshine, Whisper, a transducer, "
                    + "SenseVoice, Paraformer or NeMo CTC, as sherpa-onnx publishes them).")
        }
    }

    /// Three families consist of one model each; its metadata, at the file's end, or else the folder's name tell which.
    private static func single(_ model: String, in folder: String) -> Family {
        let tail = FileTail.read(model, bytes: 1 << 16)
        func mentions(_ word: String) -> Bool { tail.firstRange(of: Data(word.utf8)) != nil }
        if mentions("sense_voice") || folder.contains("sense-voice") { return .senseVoice(model: model) }
        if mentions("paraformer") || folder.contains("paraformer") { return .paraformer(model: model) }
        return .nemoCTC(model: model)
    }

    /// ISO 639-1 codes of what the family understands; for those that come in many languages, English is assumed.
    var languages: [String] {
        switch family {
        case .moonshine, .moonshineSeries1, .transducer, .nemoCTC, .whisper(_, _, isEnglish: true): ["en"]
        case .senseVoice: ["en", "zh", "ja", "ko"]
        case .paraformer: ["en", "zh"]
        case .whisper:
            [
                "en", "zh", "de", "es", "ru", "ko", "fr", "ja", "pt", "tr", "pl", "ca", "nl", "ar", "sv", "it", "id",
                "hi", "fi", "vi", "he", "uk", "el", "ms", "cs", "ro", "da", "hu", "ta", "no", "th", "ur", "hr", "bg",
                "lt", "la", "sk", "fa", "lv", "sr", "sl", "et", "is",
            ]
        }
    }

    /// Seconds that the family transcribes well in one piece.
    var longestUtterance: Double {
        switch family {
        case .moonshine, .moonshineSeries1: 20  // beyond, its cost and its inventions grow
        case .whisper: 29  // its window is 30
        default: 60
        }
    }
}
