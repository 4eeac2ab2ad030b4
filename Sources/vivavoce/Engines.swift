import LocalEngines
import RealtimeServer
import RealtimeTesting
import SpeechEngines

/// The engines that a configuration asks for.
enum Engines {
    /// How many lines ``load(_:progress:)`` tells: one for each model, and one for their first use.
    static let steps = 8

    /// Loads them, telling of each.
    ///
    /// - Throws: `EngineError`, also where this machine or this build has no engines of its own.
    static func load(
        _ configuration: ServerConfiguration, progress: @escaping @Sendable (String) -> Void
    ) async throws -> Cascade {
        let script = ScriptedEngines(configuration.script)
        if configuration.preset == .scripted { return script.cascade }
        #if LOCAL_ENGINES
        let models = configuration.models
        let isModelScripted = models.languageModel == ServerConfiguration.Models.scripted
        let store = models.directory.map { ModelStore(root: $0) } ?? ModelStore()
        var wanted = LocalModels(
            Preset(configuration.preset), languageModel: isModelScripted ? nil : models.languageModel,
            recognizer: models.recognizer,
            voice: models.voice)
        wanted.voiceActivityDetector = models.voiceActivityDetector
        let set = try await LocalEngineSet.load(wanted, from: store, progress: progress)
        return Cascade(
            detector: set.voiceActivityDetector, recognizer: set.recognizer,
            languageModel: isModelScripted ? script.languageModel : set.languageModel,
            synthesizer: set.synthesizer, endOfTurn: set.endOfTurnDetector, noiseReducer: set.noiseReducer)
        #else
        throw EngineError(
            .modelMissing,
            "This build has no engines of its own: they need Linux on x86-64 with AVX2, and `make setup` before `make build`."
        )
        #endif
    }
}

extension Preset {
    /// The models of a preset; for engines that have none, those that may be asked for beside them.
    init(_ preset: ServerConfiguration.Preset) {
        switch preset {
        case .small: self = .small
        case .standard, .scripted: self = .standard
        case .large: self = .large
        }
    }
}

extension ScriptedEngines {
    /// Engines that follow a configuration's script, a word at a time.
    init(_ script: ServerConfiguration.Script) {
        self.init()
        understands = script.understands
        let words = script.answer.split(separator: " ")
        answer = words.enumerated().map { ($0 == 0 ? "" : " ") + $1 }
        if script.wordsPerSecond > 0 { pace = .seconds(1) / script.wordsPerSecond }
        delay = max(.zero, .milliseconds(script.firstWordMs) - pace)
        speaksInRealTime = script.speaksInRealTime
    }
}
