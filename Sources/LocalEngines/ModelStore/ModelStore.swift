import Foundation
import SpeechEngines

/// Where the models of the presets lie: in `VIVAVOCE_MODELS`, in `share/vivavoce/models` beside the program's folder, as
/// `make install` puts them, or in `${XDG_CACHE_HOME:-~/.cache}/vivavoce/models`.
public struct ModelStore: Equatable, Sendable {
    /// The folder.
    public let root: String

    /// The store at `root`.
    public init(root: String) { self.root = root }

    /// The store that `environment` names, by default the process's own.
    public init(environment: [String: String]? = nil) {
        let environment = environment ?? ProcessInfo.processInfo.environment
        if let models = environment["VIVAVOCE_MODELS"], !models.isEmpty {
            root = models
        } else if let installed = Self.installed {
            root = installed
        } else if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
            root = cache + "/vivavoce/models"
        } else {
            root = NSHomeDirectory() + "/.cache/vivavoce/models"
        }
    }

    /// The models that were installed with the program, if they were.
    private static let installed: String? = {
        guard let program = Bundle.main.executableURL?.resolvingSymlinksInPath() else { return nil }
        let folder = program.deletingLastPathComponent().deletingLastPathComponent().path + "/share/vivavoce/models"
        return FileManager.default.fileExists(atPath: folder) ? folder : nil
    }()

    static let voiceDetector = "vad/silero_vad.onnx"
    /// Not needed: without it, and without librnnoise, the rest works.
    static let endOfTurnDetector = "turn/smart-turn-v3.2-cpu.onnx"
    static let dictionaries = (gold: "g2p/us_gold.json", silver: "g2p/us_silver.json")
    static let voice = (model: "piper/en_US-joe-medium.onnx", description: "piper/en_US-joe-medium.onnx.json")

    /// The path of a file in the store.
    func path(_ file: String) -> String { "\(root)/\(file)" }

    /// The path of a file in the store, which must be there.
    func existing(_ file: String) throws -> String {
        guard FileManager.default.isReadableFile(atPath: path(file)) else {
            throw EngineError(.modelMissing, "\(path(file)) is missing.")
        }
        return path(file)
    }

    /// The files of a preset that are missing, as paths.
    public func missing(for preset: Preset) -> [String] { missing(for: LocalModels(preset)) }

    /// The files of the store that `models` needs and that are missing, as paths.
    func missing(for models: LocalModels) -> [String] {
        let recognizer = models.preset.recognizer
        var files = [Self.dictionaries.gold, Self.dictionaries.silver]
        if models.voiceActivityDetector == nil { files.insert(Self.voiceDetector, at: 0) }
        if models.languageModel == nil { files.append(models.preset.languageModel) }
        if models.recognizer == nil { files += recognizer.files.map { "\(recognizer.folder)/\($0)" } }
        if models.voice == nil { files += [Self.voice.model, Self.voice.description] }
        return files.map(path).filter { !FileManager.default.isReadableFile(atPath: $0) }
    }

    /// Makes sure that all files are there.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/modelMissing``, which names the files and the command that
    ///   fetches them.
    func check(_ models: LocalModels) throws {
        let missing = missing(for: models)
        guard let first = missing.first else { return }
        let others = missing.count == 1 ? "" : " and \(missing.count - 1) other file\(missing.count == 2 ? "" : "s")"
        let verb = missing.count == 1 ? "is" : "are"
        throw EngineError(
            .modelMissing,
            "\(first)\(others) \(verb) missing. Fetch the models with: make setup PRESET=\(models.preset.rawValue)")
    }
}

/// Which models to load: those of a preset, and any of one's own in their place.
public struct LocalModels: Equatable, Sendable {
    /// - `preset` (string, default: standard): `small`, `standard` or `large`.
    public var preset: Preset
    /// - `languageModel` (path, optional): any GGUF file, instead of the preset's.
    public var languageModel: String?
    /// - `recognizer` (path, optional): a folder with any offline recognizer of sherpa-onnx, instead of the preset's.
    public var recognizer: String?
    /// - `voice` (path, optional): any English Piper voice (`.onnx`, or its folder), instead of `joe`.
    public var voice: String?
    /// - `context` (optional): how much the language model may hold and compute.
    public var context: LlamaConfiguration
    /// The path of an ONNX file of Silero VAD, or `nil` for the one that set-up fetches.
    public var voiceActivityDetector: String?

    /// The models of `preset`, with one's own in their place where a path is given.
    public init(
        _ preset: Preset = .standard, languageModel: String? = nil, recognizer: String? = nil, voice: String? = nil,
        context: LlamaConfiguration = LlamaConfiguration()
    ) {
        self.preset = preset
        self.languageModel = languageModel
        self.recognizer = recognizer
        self.voice = voice
        self.context = context
    }

    /// The models that don't come from the store, whose files nobody has checked.
    var ownModels: [(kind: ModelProbe.Kind, path: String)] {
        [
            languageModel.map { (.languageModel, $0) }, recognizer.map { (.recognizer, $0) },
            voice.map { (.voice, $0) },
        ].compactMap(\.self)
    }
}
