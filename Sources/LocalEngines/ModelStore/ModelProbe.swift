import Foundation
import SpeechEngines

/// Loads a model of unknown origin in a child process first.
///
/// sherpa-onnx ends the whole process on a file that it can't read, and a truncated file may do the same to any
/// library. The child is this program with a verb of its own, `probe-model KIND PATH`, which calls ``childMain(_:)``.
public struct ModelProbe: Sendable {
    /// The kinds of models that can be given by path.
    public enum Kind: String, CaseIterable, Sendable {
        /// A GGUF file.
        case languageModel = "language-model"
        /// A folder with an offline recognizer of sherpa-onnx.
        case recognizer
        /// An English Piper voice.
        case voice
    }

    /// The verb that a command line has to route to ``childMain(_:)``.
    public static let verb = "probe-model"

    /// The longest that a child may take; large models load slowly from cold disks.
    private static let patience = 180.0

    private let executable: String
    private let arguments: @Sendable (Kind, String) -> [String]
    private let environment: @Sendable (Kind, String) -> [String: String]

    /// A probe by this program.
    public init() {
        self.init(executable: "/proc/self/exe") { [Self.verb, $0.rawValue, $1] }
    }

    /// A probe by another program.
    init(
        executable: String, environment: @escaping @Sendable (Kind, String) -> [String: String] = { _, _ in [:] },
        arguments: @escaping @Sendable (Kind, String) -> [String]
    ) {
        self.executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: executable)) ?? executable
        self.arguments = arguments
        self.environment = environment
    }

    /// Loads the model at `path` in a child process.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/modelRefused`` when that fails, with the file's name and the
    ///   library's last words.
    public func run(_ kind: Kind, path: String) async throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw EngineError(.modelMissing, "There is nothing at \(path).")
        }
        let words = FileManager.default.temporaryDirectory.appendingPathComponent("vivavoce-probe-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: words) }
        guard FileManager.default.createFile(atPath: words.path, contents: nil),
            let output = FileHandle(forWritingAtPath: words.path)
        else { throw EngineError(.failed, "\(words.path) could not be written.") }

        let child = Process()
        child.executableURL = URL(fileURLWithPath: executable)
        child.arguments = arguments(kind, path)
        child.environment = ProcessInfo.processInfo.environment.merging(environment(kind, path)) { $1 }
        child.standardInput = FileHandle.nullDevice
        child.standardOutput = output
        child.standardError = output
        let isTimely = try await Self.wait(for: child)
        try? output.close()

        guard !isTimely || child.terminationReason != .exit || child.terminationStatus != 0 else { return }
        let reason =
            isTimely
            ? Self.lastWords(FileTail.read(words.path, bytes: 1 << 14)) : "it took more than \(Int(Self.patience)) s"
        throw EngineError(.modelRefused, "\(path) can't be used: \(reason)")
    }

    /// Whether `child` ended in time; if it didn't, it is made to.
    private static func wait(for child: Process) async throws -> Bool {
        let ended = AsyncStream<Void> { continuation in child.terminationHandler = { _ in continuation.finish() } }
        do {
            try child.run()
        } catch {
            throw EngineError(
                .failed, "A process to try the model in could not be started: \(error.localizedDescription)")
        }
        let timer = Task {
            try await Task.sleep(for: .seconds(patience))
            child.terminate()
            return true
        }
        for await _ in ended {}
        timer.cancel()
        return (try? await timer.value) == nil
    }

    private static func lastWords(_ output: Data) -> String {
        let lines = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        return lines.isEmpty
            ? "the library ended without a word" : String(lines.suffix(3).joined(separator: " ").suffix(600))
    }

    #if LOCAL_ENGINES
    /// What the child does: loads the model and uses it once.
    ///
    /// - Parameter arguments: the kind and the path, which follow the verb.
    /// - Returns: the exit status: 0, or 1 after a sentence on the standard error.
    public static func childMain(_ arguments: [String]) async -> Int32 {
        guard arguments.count == 2, let kind = Kind(rawValue: arguments[0]) else {
            complain("usage: \(verb) \(Kind.allCases.map(\.rawValue).joined(separator: "|")) PATH")
            return 64
        }
        do {
            try await use(kind, path: arguments[1])
            return 0
        } catch {
            complain("\(error)")
            return 1
        }
    }

    private static func use(_ kind: Kind, path: String) async throws {
        switch kind {
        case .languageModel:
            let model = try await LlamaLanguageModel(
                path: path, configuration: LlamaConfiguration(contextCells: 512, sequences: 1))
            let prompt = Prompt(conversation: ConversationKey("probe"))
            for try await _ in model.generate(prompt, GenerationOptions(maxTokens: 1, temperature: 0)) {}
            await model.close()
        case .recognizer:
            let recognizer = try await SherpaRecognizer(folder: path)
            _ = try await recognizer.transcribe([Float](repeating: 0, count: 16000), by: .now)
            await recognizer.close()
        case .voice:
            let files = try PiperFiles(path: path)
            let thread = try await ModelThread(name: "voice") { try PiperModel(files) }
            let phonemes = "həloʊ".unicodeScalars.map { Int32($0.value) }.filter { files.symbols[$0] != nil }
            guard !phonemes.isEmpty else {
                throw EngineError(.modelRefused, "The voice knows no English phonemes.")
            }
            let samples = try await thread.run(by: .now) { model in
                let plan = try model.plan(phonemes, speed: 1)
                return try model.sound(of: plan, 0..<plan.count)
            }
            await thread.close()
            if samples.isEmpty { throw EngineError(.modelRefused, "The voice makes no sound.") }
        }
    }

    private static func complain(_ sentence: String) {
        FileHandle.standardError.write(Data((sentence + "\n").utf8))
    }
    #endif
}
