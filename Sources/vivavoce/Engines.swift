import LocalEngines
import RealtimeServer
import SpeechEngines

/// The engines that a configuration asks for.
enum Engines {
    /// Loads them, telling of each.
    ///
    /// - Throws: `EngineError`, also where this machine or this build has no engines of its own.
    static func load(
        _ configuration: ServerConfiguration, progress: @escaping @Sendable (String) -> Void
    ) async throws -> Cascade {
        #if LOCAL_ENGINES
        let models = configuration.models
        let store = models.directory.map { ModelStore(root: $0) } ?? ModelStore()
        var wanted = LocalModels(
            Preset(configuration.preset), languageModel: models.languageModel, recognizer: models.recognizer,
            voice: models.voice)
        wanted.voiceActivityDetector = models.voiceActivityDetector
        let set = try await LocalEngineSet.load(wanted, from: store, progress: progress)
        return Cascade(
            detector: set.voiceActivityDetector, recognizer: set.recognizer, languageModel: set.languageModel,
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
    init(_ preset: ServerConfiguration.Preset) {
        switch preset {
        case .small: self = .small
        case .standard: self = .standard
        case .large: self = .large
        }
    }
}
