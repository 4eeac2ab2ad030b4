#if LOCAL_ENGINES
import Foundation
public import SpeechEngines

/// The engines of this machine, loaded and warm.
public struct LocalEngineSet: Sendable {
    /// Silero VAD.
    public let voiceActivityDetector: any VoiceActivityDetector
    /// Moonshine, or a recognizer given by path.
    public let recognizer: any SpeechRecognizer
    /// The preset's language model, or a GGUF given by path.
    public let languageModel: any LanguageModel
    /// The voices `joe` (or the one given by path, under its file's name) and `slt`, at 24 000 Hz.
    public let synthesizer: any SpeechSynthesizer
    /// Smart Turn, or `nil` where its file is not in the store.
    public let endOfTurnDetector: (any EndOfTurnDetector)?
    /// RNNoise, or `nil` where its library is not with the others.
    public let noiseReducer: (any NoiseReducer)?

    private let closing: [@Sendable () async -> Void]

    /// Loads `models` and uses each once, so that the first listener doesn't wait for what is done only once.
    ///
    /// - Parameters:
    ///   - models: a preset, or models by path; the latter are tried in a child process first.
    ///   - store: where the presets' models are.
    ///   - probe: how models given by path are tried.
    ///   - progress: told a line for each model.
    /// - Throws: ``EngineError`` that names the file and what mends it.
    public static func load(
        _ models: LocalModels, from store: ModelStore = ModelStore(), probe: ModelProbe = ModelProbe(),
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> LocalEngineSet {
        try store.check(models)
        for own in models.ownModels { try await probe.run(own.kind, path: own.path) }

        // Side by side: reading files and converting weights leave room for each other.
        async let detector = timed("voice detector Silero", progress) {
            try await SileroVoiceActivityDetector(
                path: models.voiceActivityDetector ?? store.path(ModelStore.voiceDetector))
        }
        let recognizerFolder = models.recognizer ?? store.path(models.preset.recognizer.folder)
        async let recognizer = timed("speech recognizer \(name(recognizerFolder))", progress) {
            try await SherpaRecognizer(folder: recognizerFolder)
        }
        let languageModelPath = models.languageModel ?? store.path(models.preset.languageModel)
        async let languageModel = timed("language model \(name(languageModelPath))", progress) {
            try await LlamaLanguageModel(path: languageModelPath, configuration: models.context)
        }
        async let piper = timed("voice \(models.voice.map(name) ?? "joe")", progress) {
            let files = try PiperFiles(path: models.voice ?? store.path(ModelStore.voice.model))
            let pronunciation: any Pronunciation =
                try files.language.map { try EspeakPronunciation(language: $0) }
                ?? EnglishPronunciation(
                    goldDictionary: store.path(ModelStore.dictionaries.gold),
                    silverDictionary: store.path(ModelStore.dictionaries.silver))
            return try await PiperVoice(
                name: models.voice.map(name) ?? "joe", files: files, pronunciation: pronunciation)
        }
        async let flite = timed("voice slt", progress) { try await FliteVoice() }
        async let endOfTurn = unlessMissing("end of turn Smart Turn", progress) {
            try await SmartTurnDetector(path: store.existing(ModelStore.endOfTurnDetector))
        }
        async let noiseReducer = unlessMissing("noise reduction RNNoise", progress) { try RNNoiseReducer() }

        let loaded = try await (detector, recognizer, languageModel, piper, flite)
        let optional = try await (endOfTurn, noiseReducer)
        let set = LocalEngineSet(
            voiceActivityDetector: loaded.0, recognizer: loaded.1, languageModel: loaded.2,
            synthesizer: try Voices([loaded.3, loaded.4]), endOfTurnDetector: optional.0, noiseReducer: optional.1,
            closing: [
                loaded.0.close, loaded.1.close, loaded.2.close, loaded.3.close, loaded.4.close,
                { await optional.0?.close() },
            ])
        try await timed("first use of all", progress) { try await set.warmUp() }
        return set
    }

    /// Ends the threads of all models and frees their memory; what is asked of them later throws.
    public func close() async {
        for close in closing { await close() }
    }

    private func warmUp() async throws {
        var state = VoiceActivityState()
        let silence = [Float](repeating: 0, count: voiceActivityDetector.windowSize * 10)
        _ = try await voiceActivityDetector.probabilities(of: silence, continuing: &state)
        _ = try noiseReducer?.makeStream(for: .near, sampleRate: 24_000).process([Float](repeating: 0, count: 2400))
        for voice in synthesizer.voices {
            for try await _ in synthesizer.synthesize("Hello there.", voice: voice, speed: 1, by: .now) {}
        }
        _ = try await recognizer.transcribe([Float](repeating: 0, count: 16000), by: .now)
        let prompt = Prompt(conversation: ConversationKey("warm-up"))
        for try await _ in languageModel.generate(prompt, GenerationOptions(maxTokens: 2)) {}
        await languageModel.forget(prompt.conversation)
    }

    private static func timed<Value: Sendable>(
        _ what: String, _ progress: @Sendable (String) -> Void, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let began = ContinuousClock.now
        let value = try await body()
        progress(String(format: "%@: %.1f s", what, (ContinuousClock.now - began) / .seconds(1)))
        return value
    }

    /// A model that one can do without: `nil` where set-up has not fetched it yet.
    private static func unlessMissing<Value: Sendable>(
        _ what: String, _ progress: @Sendable (String) -> Void, _ body: @Sendable () async throws -> Value
    ) async throws -> Value? {
        do {
            return try await timed(what, progress, body)
        } catch let error as EngineError where error.code == .modelMissing {
            progress("\(what): left out, because \(error.message) Run make setup.")
            return nil
        }
    }

    private static func name(_ path: String) -> String {
        ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    }
}
#endif
