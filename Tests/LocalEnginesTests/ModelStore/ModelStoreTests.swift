import Foundation
import SpeechEngines
import Testing

@testable import LocalEngines

@Suite("The models' folder") struct ModelStoreTests {
    @Test("is where the environment says")
    func root() {
        #expect(ModelStore(environment: ["VIVAVOCE_MODELS": "/m", "XDG_CACHE_HOME": "/c"]).root == "/m")
        #expect(ModelStore(environment: ["XDG_CACHE_HOME": "/c"]).root == "/c/vivavoce/models")
        #expect(ModelStore(environment: [:]).root.hasSuffix("/.cache/vivavoce/models"))
    }

    @Test("says what is missing and what fetches it", arguments: Preset.allCases)
    func missing(preset: Preset) {
        let store = ModelStore(root: "/nowhere")
        #expect(store.missing(for: preset).count == 9)
        #expect { try store.check(LocalModels(preset)) } throws: { error in
            let text = "\(error)"
            return (error as? EngineError)?.code == .modelMissing && text.contains("/nowhere/vad/silero_vad.onnx")
                && text.contains("make setup PRESET=\(preset.rawValue)")
        }
        let own = LocalModels(preset, languageModel: "/my.gguf", recognizer: "/my", voice: "/my.onnx")
        #expect(store.missing(for: own).count == 3)
    }

    @Test("tells when a file that is not needed is missing")
    func optional() {
        #expect { try ModelStore(root: "/nowhere").existing(ModelStore.endOfTurnDetector) } throws: { error in
            (error as? EngineError)?.code == .modelMissing && "\(error)".contains("/nowhere/turn/smart-turn")
        }
    }
}

@Suite("A recognizer's folder") struct RecognizerFilesTests {
    private func family(_ names: [String]) throws -> RecognizerFiles.Family {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in names { try Data().write(to: folder.appendingPathComponent(name)) }
        return try RecognizerFiles(folder: folder.path).family
    }

    @Test("tells the families apart by their files")
    func families() throws {
        guard case .moonshine = try family(["encoder_model.ort", "decoder_model_merged.ort", "tokens.txt"]) else {
            Issue.record("Moonshine")
            return
        }
        guard
            case .moonshineSeries1(_, let encoder, let uncached, let cached) = try family([
                "preprocess.onnx", "encode.int8.onnx", "uncached_decode.int8.onnx", "cached_decode.int8.onnx",
                "tokens.txt",
            ])
        else {
            Issue.record("Moonshine, first series")
            return
        }
        #expect(encoder.hasSuffix("/encode.int8.onnx"))
        #expect(uncached.hasSuffix("/uncached_decode.int8.onnx") && cached.hasSuffix("/cached_decode.int8.onnx"))
        guard
            case .whisper(let whisper, _, isEnglish: true) = try family([
                "tiny.en-encoder.onnx", "tiny.en-encoder.int8.onnx", "tiny.en-decoder.onnx",
                "tiny.en-decoder.int8.onnx",
                "tiny.en-tokens.txt",
            ])
        else {
            Issue.record("Whisper")
            return
        }
        #expect(whisper.contains("int8"))
        guard
            case .transducer = try family(["encoder.int8.onnx", "decoder.int8.onnx", "joiner.int8.onnx", "tokens.txt"])
        else {
            Issue.record("transducer")
            return
        }
        #expect(throws: EngineError.self) { try family(["readme.md"]) }
        #expect(throws: EngineError.self) { try family(["tokens.txt"]) }
        #expect(throws: EngineError.self) { try RecognizerFiles(folder: "/nowhere") }
    }
}
