#if LOCAL_ENGINES
import AudioDSP
public import SpeechEngines

/// RNNoise: some 5 % of a core for each stream, and 33 ms of delay at 24 kHz, 40 ms at 8 kHz.
///
/// Some of the original stays in what comes out: 25 % for a near microphone, which takes 12 dB off the noise, 10 % and
/// 20 dB for a far one. Without any, the network damages voices more than it helps: with white noise 20 dB below the
/// voice, Moonshine base then misses 20 % of the words instead of 4 %. With some, it misses about half as many as without
/// noise reduction at 10 dB, and hardly more where there is little noise.
public struct RNNoiseReducer: NoiseReducer {
    private let library: RNNoiseLibrary

    /// Opens the library.
    ///
    /// - Parameter library: the path of `librnnoise.so`; without one it is looked for where the program's other
    ///   libraries are.
    /// - Throws: ``EngineError`` with ``EngineError/Code/modelMissing`` where there is none, or
    ///   ``EngineError/Code/modelRefused`` where there is another.
    public init(library: String = "librnnoise.so") throws {
        self.library = try RNNoiseLibrary(library)
    }

    /// A stream for one listener's audio.
    ///
    /// - Parameters:
    ///   - microphone: where the speaker is.
    ///   - sampleRate: from 8000, a divisor of 48 000.
    /// - Throws: ``EngineError`` with ``EngineError/Code/unsupported`` for another rate.
    public func makeStream(for microphone: Microphone, sampleRate: Int) throws -> any NoiseReductionStream {
        guard sampleRate >= 8000, RNNoiseLibrary.sampleRate.isMultiple(of: sampleRate) else {
            throw EngineError(
                .unsupported, "Noise reduction works at 8, 12, 16, 24 and 48 kHz, not at \(sampleRate) Hz.")
        }
        return try RNNoiseStream(library, original: microphone == .near ? 0.25 : 0.1, sampleRate: sampleRate)
    }
}
#endif
