import AudioDSP
public import SpeechEngines

/// Several voices behind one rate, 24 000 Hz: what the wire wants.
public struct Voices: SpeechSynthesizer {
    /// 24 000 Hz.
    public let sampleRate = 24_000
    /// The names of all, the default's first.
    public var voices: [String] { engines.flatMap(\.voices) }

    private let engines: [any SpeechSynthesizer]

    /// The voices of `engines`; the first of the first is the default.
    ///
    /// - Throws: ``EngineError`` when there is none.
    public init(_ engines: [any SpeechSynthesizer]) throws {
        guard engines.contains(where: { !$0.voices.isEmpty }) else {
            throw EngineError(.modelMissing, "There is no voice.")
        }
        self.engines = engines
    }

    /// The sound of `clause` by the engine that has `voice`, else by the first.
    public func synthesize(
        _ clause: String, voice: String, speed: Double, by deadline: Deadline
    ) -> AsyncThrowingStream<[Float], any Error> {
        guard let engine = engines.first(where: { $0.voices.contains(voice) }) ?? engines.first else {
            return AsyncThrowingStream { $0.finish() }
        }
        let sound = engine.synthesize(clause, voice: voice, speed: speed, by: deadline)
        guard engine.sampleRate != sampleRate else { return sound }
        return AsyncThrowingStream { [sampleRate] continuation in
            let task = Task {
                do {
                    let resampler = try Resampler(from: engine.sampleRate, to: sampleRate)
                    for try await samples in sound { continuation.yield(resampler.process(samples)) }
                    let tail = resampler.finish()
                    if !tail.isEmpty { continuation.yield(tail) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
