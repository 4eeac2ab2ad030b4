internal import CSpeexDSP

/// Takes out of what a microphone hears what a loudspeaker plays: an adaptive filter and what it leaves over, by speexdsp.
///
/// The filter learns how the room and the devices change the sound, and by how much they delay it, up to
/// ``longestDelay``. What comes out lags 20 ms behind. It has one owner and is not sendable: it remembers its stream.
public final class EchoCanceller {
    /// The latest echo that is found, after the sound was given out: half a second.
    public static let longestDelay = 0.5

    /// The samples that are worked on at a time: 20 ms.
    private let frame: Int
    private let filter: OpaquePointer
    private let rest: OpaquePointer
    private var heard: [Int16] = []
    private var played: [Int16] = []
    private var cleaned: [Int16]

    /// A canceller for a new stream.
    ///
    /// - Parameter rate: samples a second of both sounds, within ``Resampler/rates``.
    /// - Throws: ``AudioError`` with ``AudioError/Code/unsupportedRate``.
    public init(rate: Int) throws {
        frame = rate / 50
        guard Resampler.rates.contains(rate),
            let filter = speex_echo_state_init(Int32(frame), Int32(Double(rate) * Self.longestDelay))
        else {
            throw AudioError(.unsupportedRate, "Echo cannot be taken out of audio of \(rate) Hz.")
        }
        guard let rest = speex_preprocess_state_init(Int32(frame), Int32(rate)) else {
            speex_echo_state_destroy(filter)
            throw AudioError(.unsupportedRate, "Echo cannot be taken out of audio of \(rate) Hz.")
        }
        self.filter = filter
        self.rest = rest
        var value = Int32(rate)
        speex_echo_ctl(filter, SPEEX_ECHO_SET_SAMPLING_RATE, &value)
        value = 0
        speex_preprocess_ctl(rest, SPEEX_PREPROCESS_SET_DENOISE, &value)
        speex_preprocess_ctl(rest, SPEEX_PREPROCESS_SET_ECHO_STATE, UnsafeMutableRawPointer(filter))
        cleaned = [Int16](repeating: 0, count: frame)
    }

    deinit {
        speex_preprocess_state_destroy(rest)
        speex_echo_state_destroy(filter)
    }

    /// The next samples without echo, as many as there were.
    ///
    /// - Parameters:
    ///   - samples: what the microphone heard.
    ///   - reference: what was given out in the same time, as many samples.
    /// - Precondition: the two are of the same length.
    public func process(_ samples: ArraySlice<Int16>, playing reference: [Int16]) -> [Int16] {
        precondition(samples.count == reference.count, "A sample was heard for each that was played")
        heard += samples
        played += reference
        var start = 0
        while heard.count - start >= frame {
            var output = [Int16](repeating: 0, count: frame)
            heard.withUnsafeBufferPointer { heard in
                played.withUnsafeBufferPointer { played in
                    guard let heard = heard.baseAddress, let played = played.baseAddress else { return }
                    speex_echo_cancellation(filter, heard + start, played + start, &output)
                    speex_preprocess_run(rest, &output)
                }
            }
            cleaned += output
            start += frame
        }
        heard.removeFirst(start)
        played.removeFirst(start)
        defer { cleaned.removeFirst(samples.count) }
        return Array(cleaned.prefix(samples.count))
    }
}
