#if LOCAL_ENGINES
import Foundation
import LocalEngines
import SpeechEngines
import Testing

/// Tests with real models: one after another, because a measurement of two at once says nothing.
@Suite("Local engines", .serialized) struct EngineTests {}

/// The engines under test, each loaded once for all tests.
enum Engines {
    /// The whole set of the smallest preset.
    static let small = Task { try await LocalEngineSet.load(LocalModels(.small)) { print("small:", $0) } }
    /// What the standard preset has that the small one has not.
    static let standardRecognizer = Task {
        try await SherpaRecognizer(folder: ModelStore().root + "/moonshine-base-en-q8")
    }
    static let standardModel = Task { try await LlamaLanguageModel(path: path(of: "qwen2.5-coder-0.5b")) }
    static let smallModel = Task { try await LlamaLanguageModel(path: path(of: "smollm2-135m")) }

    /// The path of the language model whose file's name begins with `name`.
    static func path(of name: String) throws -> String {
        let folder = ModelStore().root + "/llm"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let file = try #require(
            names.first { $0.hasPrefix(name) }, "No model \(name) in \(folder): run make setup PRESET=standard")
        return "\(folder)/\(file)"
    }
}

extension Duration {
    /// In milliseconds.
    var milliseconds: Double { self / .milliseconds(1) }
}
#endif
