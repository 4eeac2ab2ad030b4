import Foundation
import SpeechEngines

/// What Piper writes beside a voice, in `voice.onnx.json`.
struct PiperConfiguration {
    let family: String
    let languageName: String
    let espeakVoice: String
    let metadata: [(key: String, value: String)]
    let tokens: String

    /// Reads the file at `path`; `nil` when there is none.
    init?(path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        guard let file = try? JSONDecoder().decode(File.self, from: data) else {
            throw EngineError(.modelRefused, "\(path) isn't the description of a Piper voice.")
        }
        let code = file.language?.family ?? file.espeak.voice.split(separator: "-").first.map(String.init) ?? ""
        family = code.lowercased()
        languageName = file.language?.nameEnglish ?? file.espeak.voice
        espeakVoice = file.espeak.voice
        // The names that sherpa-onnx looks for, as its own conversion writes them.
        metadata = [
            ("model_type", "vits"), ("comment", "piper"), ("language", languageName), ("voice", file.espeak.voice),
            ("has_espeak", "1"), ("n_speakers", String(file.numSpeakers)),
            ("sample_rate", String(file.audio.sampleRate)),
        ]
        tokens = file.phonemeIDMap
            .compactMap { symbol, ids in ids.first.map { (symbol, $0) } }
            .sorted { $0.1 < $1.1 }
            .map { "\($0.0) \($0.1)\n" }.joined()
    }

    private struct File: Decodable {
        struct Audio: Decodable {
            var sampleRate: Int
            enum CodingKeys: String, CodingKey { case sampleRate = "sample_rate" }
        }
        struct Espeak: Decodable { var voice: String }
        struct Language: Decodable {
            var family: String?
            var nameEnglish: String?
            enum CodingKeys: String, CodingKey {
                case family
                case nameEnglish = "name_english"
            }
        }
        var audio: Audio
        var espeak: Espeak
        var language: Language?
        var numSpeakers: Int
        var phonemeIDMap: [String: [Int]]
        enum CodingKeys: String, CodingKey {
            case audio, espeak, language
            case numSpeakers = "num_speakers"
            case phonemeIDMap = "phoneme_id_map"
        }
    }
}

/// Metadata of an ONNX file. Protocol buffers merge by concatenation, so they can be appended to the file.
enum OnnxMetadata {
    /// `ModelProto.metadata_props`, field 14, once for each pair.
    static func encode(_ pairs: [(key: String, value: String)]) -> Data {
        pairs.reduce(into: Data()) { file, pair in
            let entry = field(1, Data(pair.key.utf8)) + field(2, Data(pair.value.utf8))
            file.append(field(14, entry))
        }
    }

    private static func field(_ number: Int, _ payload: Data) -> Data {
        varint(number << 3 | 2) + varint(payload.count) + payload
    }

    private static func varint(_ value: Int) -> Data {
        var bytes = Data()
        var rest = value
        while rest > 127 {
            bytes.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }
}
