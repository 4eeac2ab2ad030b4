#if LOCAL_ENGINES
public import SpeechEngines

/// Smart Turn 3.2 through ONNX Runtime: hears from intonation and rhythm, in 23 languages, whether a turn is over. Some
/// 60 ms of one core a call, whatever the length.
public struct SmartTurnDetector: EndOfTurnDetector {
    private let thread: ModelThread<SmartTurnModel>

    /// Loads the model.
    ///
    /// - Parameter path: of `smart-turn-v3.2-cpu.onnx`.
    /// - Throws: ``EngineError`` with ``EngineError/Code/modelRefused`` for another file.
    public init(path: String) async throws {
        thread = try await ModelThread(name: "end of turn", share: .process) {
            let model = try SmartTurnModel(path: path)
            // A network with other inputs loads, and refuses only to run.
            do { _ = try model.probability([]) } catch let error as EngineError {
                throw EngineError(.modelRefused, error.message)
            }
            return model
        }
    }

    /// How likely the speaker has finished.
    public func probability(_ samples: [Float]) async throws -> Float {
        let recent = Array(samples.suffix(LogMelSpectrogram.sampleCount))
        return try await thread.run(by: .now) { try $0.probability(recent) }
    }

    /// Ends the model's thread; later calls throw.
    public func close() async { await thread.close() }
}
#endif
