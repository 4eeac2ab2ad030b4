/// Takes noise out of what a microphone hears.
public protocol NoiseReducer: Sendable {
    /// A stream for one listener's audio.
    ///
    /// - Parameters:
    ///   - microphone: where the speaker is.
    ///   - sampleRate: samples a second, of what goes in and of what comes out: 24 000 or 8 000, and any other that the
    ///     engine can.
    /// - Throws: ``EngineError``, with ``EngineError/Code/unsupported`` for a rate that the engine cannot.
    func makeStream(for microphone: Microphone, sampleRate: Int) throws -> any NoiseReductionStream
}

/// How far a microphone is from its speaker.
public enum Microphone: String, CaseIterable, Sendable {
    /// Close, as in a headset: there is less noise to take out, and the voice must not suffer from it.
    case near = "near_field"
    /// Across a desk or a room, as in a laptop.
    case far = "far_field"
}

/// One stream of audio that is being freed from noise.
///
/// It has one owner and is not sendable: it remembers its stream.
public protocol NoiseReductionStream: AnyObject {
    /// How many samples what comes out lags behind what went in: sample *n* out is sample *n − delay* in. Constant.
    var delay: Int { get }

    /// The next samples, cleaned.
    ///
    /// It computes on the caller's thread, in proportion to the number of samples.
    ///
    /// - Parameter samples: mono at the stream's rate, −1…1; any number, also none.
    /// - Returns: exactly as many samples. The stream begins with silence. How it is cut into calls makes no
    ///   difference.
    func process(_ samples: [Float]) -> [Float]
}
