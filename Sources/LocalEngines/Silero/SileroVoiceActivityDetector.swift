#if LOCAL_ENGINES
public import SpeechEngines

/// Silero VAD through ONNX Runtime: 32 ms windows at 16 kHz, about 0.1 ms of one core each.
public struct SileroVoiceActivityDetector: VoiceActivityDetector {
    /// 512 samples.
    public var windowSize: Int { SileroModel.windowSize }

    private let thread: ModelThread<SileroModel>

    /// Loads the model.
    ///
    /// - Parameter path: of Silero's `silero_vad.onnx` (version 5 or 6).
    /// - Throws: ``EngineError`` with ``EngineError/Code/modelRefused`` for another file.
    public init(path: String) async throws {
        thread = try await ModelThread(name: "voice detector") { try SileroModel(path: path) }
    }

    /// The probabilities of speech in the windows of `samples`.
    public func probabilities(
        of samples: [Float], continuing state: inout VoiceActivityState
    ) async throws -> [Float] {
        guard samples.count.isMultiple(of: windowSize) else {
            throw EngineError(
                .unsupported, "The voice detector takes whole windows of \(windowSize) samples, not \(samples.count).")
        }
        guard !samples.isEmpty else { return [] }
        let before = state
        let (probabilities, after) = try await thread.run(by: .now) { model in
            var state = before
            let probabilities = try model.probabilities(of: samples, continuing: &state)
            return (probabilities, state)
        }
        state = after
        return probabilities
    }

    /// Ends the model's thread; later calls throw.
    public func close() async { await thread.close() }
}
#endif
