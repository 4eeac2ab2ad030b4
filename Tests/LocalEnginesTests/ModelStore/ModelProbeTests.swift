#if LOCAL_ENGINES
import Foundation
@testable import LocalEngines
import SpeechEngines
import Testing

extension EngineTests {
    @Suite("Models by path") struct ModelProbeTests {
        private static let kindVariable = "VIVAVOCE_TEST_PROBE_KIND"
        private static let pathVariable = "VIVAVOCE_TEST_PROBE_PATH"

        /// Tests have no command line of their own, so the child is this test process with one test: the one below.
        private static let probe = ModelProbe(
            executable: "/proc/self/exe", environment: { [kindVariable: $0.rawValue, pathVariable: $1] },
            arguments: { _, _ in
                var arguments = Array(CommandLine.arguments.dropFirst())
                while let filter = arguments.firstIndex(of: "--filter") {
                    arguments.removeSubrange(filter..<min(filter + 2, arguments.count))
                }
                return arguments + ["--filter", "theChildOfAProbe"]
            })

        @Test(
            "The child", .enabled(if: ProcessInfo.processInfo.environment[kindVariable] != nil))
        func theChildOfAProbe() async {
            let environment = ProcessInfo.processInfo.environment
            exit(
                await ModelProbe.childMain([environment[Self.kindVariable] ?? "", environment[Self.pathVariable] ?? ""])
            )
        }

        private static let isChild = ProcessInfo.processInfo.environment[kindVariable] != nil

        private func inFolder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("vivavoce-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            return try await body(folder)
        }

        @Test("A good one is accepted", .disabled(if: isChild))
        func good() async throws {
            try await Self.probe.run(.languageModel, path: Engines.path(of: "smollm2-135m"))
            try await Self.probe.run(.voice, path: ModelStore().path(ModelStore.voice.model))
        }

        @Test("A text that calls itself GGUF is refused with its name and llama.cpp's words", .disabled(if: isChild))
        func textAsModel() async throws {
            try await inFolder { folder in
                let file = folder.appendingPathComponent("letter.gguf")
                try Data("Dear model, …".utf8).write(to: file)
                await #expect { try await Self.probe.run(.languageModel, path: file.path) } throws: { error in
                    print(error)
                    return (error as? EngineError)?.code == .modelRefused && "\(error)".contains("letter.gguf")
                }
            }
        }

        @Test("A truncated recognizer ends the child, not this process", .disabled(if: isChild))
        func truncatedRecognizer() async throws {
            try await inFolder { folder in
                let whole = URL(fileURLWithPath: ModelStore().root + "/moonshine-tiny-en")
                for name in ["decoder_model_merged.ort", "tokens.txt"] {
                    try FileManager.default.copyItem(
                        at: whole.appendingPathComponent(name), to: folder.appendingPathComponent(name))
                }
                let encoder = try Data(contentsOf: whole.appendingPathComponent("encoder_model.ort"))
                try encoder.prefix(100_000).write(to: folder.appendingPathComponent("encoder_model.ort"))
                await #expect { try await Self.probe.run(.recognizer, path: folder.path) } throws: { error in
                    print(error)
                    return (error as? EngineError)?.code == .modelRefused && "\(error)".contains(folder.path)
                }
            }
        }

        @Test("A voice is refused when it is cut short, or without its description", .disabled(if: isChild))
        func voices() async throws {
            try await inFolder { folder in
                let store = ModelStore()
                let whole = try Data(contentsOf: URL(filePath: store.path(ModelStore.voice.model)))
                let file = folder.appendingPathComponent("voice.onnx")
                try whole.write(to: file)
                await #expect { try await Self.probe.run(.voice, path: file.path) } throws: {
                    "\($0)".contains("voice.onnx.json is missing")
                }
                try FileManager.default.copyItem(
                    atPath: store.path(ModelStore.voice.description), toPath: file.path + ".json")
                #expect(try PiperFiles(path: folder.path).language == nil)
                try await Self.probe.run(.voice, path: folder.path)
                for rest in [whole.prefix(1_000_000), Data("no model".utf8), Data()] {
                    try rest.write(to: file)
                    await #expect { try await Self.probe.run(.voice, path: file.path) } throws: {
                        ($0 as? EngineError)?.code == .modelRefused
                    }
                }
                let german = """
                    {"audio":{"sample_rate":16000},"espeak":{"voice":"de"},"language":{"family":"de"},\
                    "phoneme_id_map":{"a":[1]}}
                    """
                try Data(german.utf8).write(to: folder.appendingPathComponent("voice.onnx.json"))
                let files = try PiperFiles(path: file.path)
                #expect(files.language == "de" && files.sampleRate == 16000)
                for rate in ["0", "-1", "7999", "1000000"] {
                    try Data(german.replacing("16000", with: rate).utf8).write(
                        to: folder.appendingPathComponent("voice.onnx.json"))
                    #expect { try PiperFiles(path: file.path) } throws: {
                        ($0 as? EngineError)?.code == .modelRefused && "\($0)".contains(rate)
                    }
                }
            }
        }

        @Test("What isn't there is missing", .disabled(if: isChild))
        func missing() async {
            await #expect { try await Self.probe.run(.languageModel, path: "/nowhere.gguf") } throws: { error in
                (error as? EngineError)?.code == .modelMissing && "\(error)".contains("/nowhere.gguf")
            }
        }
    }
}
#endif
