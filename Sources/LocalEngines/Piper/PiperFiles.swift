import Foundation
import SpeechEngines

/// A Piper voice as Piper publishes it: `voice.onnx`, with `voice.onnx.json` beside it.
public struct PiperFiles: Equatable, Sendable {
    /// The path of the ONNX model.
    public let model: String
    /// Samples a second of what the voice says.
    public let sampleRate: Int
    /// espeak-ng's name for the language, or `nil` for English, which has a pronunciation of our own.
    public let language: String?
    /// The numbers of the phonemes, by their code points.
    let symbols: [Int32: Int64]

    /// The voice given by the path of its `.onnx`, or of the folder that holds it.
    ///
    /// - Throws: ``EngineError`` when something is missing or makes no sense.
    public init(path: String) throws {
        model = try Self.model(at: path)
        guard let data = FileManager.default.contents(atPath: model + ".json") else {
            throw EngineError(
                .modelMissing,
                "\(model).json is missing: a Piper voice is a file .onnx with a file .onnx.json beside it.")
        }
        guard let description = try? JSONDecoder().decode(Description.self, from: data) else {
            throw EngineError(.modelRefused, "\(model).json isn't the description of a Piper voice.")
        }
        sampleRate = description.audio.sampleRate
        guard (8_000...192_000).contains(sampleRate) else {
            throw EngineError(
                .modelRefused, "\(model).json gives a sample rate of \(sampleRate); 8000 to 192000 make sense.")
        }
        let voice = description.espeak.voice
        let family = description.language?.family ?? voice.split(separator: "-").first.map(String.init) ?? ""
        language = family.lowercased() == "en" ? nil : voice
        var symbols: [Int32: Int64] = [:]
        for (symbol, numbers) in description.phonemeIDMap {
            let scalars = symbol.unicodeScalars
            if scalars.count == 1, let scalar = scalars.first, let number = numbers.first {
                symbols[Int32(scalar.value)] = number
            }
        }
        self.symbols = symbols
    }

    private static func model(at path: String) throws -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw EngineError(.modelMissing, "There is no voice at \(path).")
        }
        guard isFolder.boolValue else { return path }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
        guard let name = names.first(where: { $0.hasSuffix(".onnx") }) else {
            throw EngineError(.modelMissing, "The folder \(path) holds no voice (a file that ends in .onnx).")
        }
        return "\(path)/\(name)"
    }

    /// What Piper writes beside a voice.
    private struct Description: Decodable {
        struct Audio: Decodable {
            var sampleRate: Int
            enum CodingKeys: String, CodingKey { case sampleRate = "sample_rate" }
        }
        struct Espeak: Decodable { var voice: String }
        struct Language: Decodable { var family: String? }
        var audio: Audio
        var espeak: Espeak
        var language: Language?
        var phonemeIDMap: [String: [Int64]]
        enum CodingKeys: String, CodingKey {
            case audio, espeak, language
            case phonemeIDMap = "phoneme_id_map"
        }
    }
}
