public import AudioDSP
import RealtimeProtocol

/// Something said, as the messages with which a client sends it: 20 ms each, at 24 kHz.
public struct Utterance: Sendable {
    /// What it is called in reports.
    public let name: String
    /// The `input_audio_buffer.append` messages.
    let messages: [[UInt8]]
    /// The first sample of speech.
    let onset: Int
    /// How many samples there are until speech has ended. That is the end of a message, so that the last sample of
    /// speech is sent at the moment at which it was spoken.
    let end: Int

    /// The rate of the wire, samples a second.
    static let rate = 24_000
    /// Samples in a message.
    static let step = 480
    /// How long a message's sound is.
    static let tick = Metronome.tick
    /// A message in which nothing is said.
    static let silence = message([Int16](repeating: 0, count: step))

    /// An utterance in `wav`, in which speech is in these samples.
    ///
    /// - Throws: `AudioError` for a rate that cannot be converted.
    public init(name: String, _ wav: WAV, speech: Range<Int>) throws {
        var samples = PCM16.integers(
            try Resampler.convert(PCM16.floats(wav.samples), from: wav.rate, to: Self.rate))
        var end = speech.upperBound * Self.rate / wav.rate
        let lead = (Self.step - end % Self.step) % Self.step
        samples.insert(contentsOf: repeatElement(0, count: lead), at: 0)
        end += lead
        samples += repeatElement(0, count: (Self.step - samples.count % Self.step) % Self.step)
        self.name = name
        self.end = end
        onset = speech.lowerBound * Self.rate / wav.rate + lead
        messages = stride(from: 0, to: samples.count, by: Self.step).map {
            Self.message(samples[$0..<$0 + Self.step])
        }
    }

    /// An utterance whose speech is found by its level: from the first to the last 10 ms that are at most 30 dB weaker
    /// than the loudest.
    ///
    /// - Returns: `nil` where nothing is above −50 dBFS.
    public init?(name: String, _ wav: WAV) throws {
        let frame = max(1, wav.rate / 100)
        let levels = stride(from: 0, to: wav.samples.count, by: frame).map {
            PCM16.level(wav.samples[$0..<min($0 + frame, wav.samples.count)])
        }
        guard let loudest = levels.max(), loudest > -50,
            let first = levels.firstIndex(where: { $0 > loudest - 30 }),
            let last = levels.lastIndex(where: { $0 > loudest - 30 })
        else { return nil }
        try self.init(
            name: name, wav, speech: first * frame..<min((last + 1) * frame, wav.samples.count))
    }

    /// How long until speech has ended.
    var duration: Duration { Self.tick * (end / Self.step) }

    private static func message(_ samples: some Collection<Int16>) -> [UInt8] {
        Array(#"{"type":"input_audio_buffer.append","audio":""#.utf8) + Array(Base64.encode(PCM16.encode(samples)).utf8)
            + Array(#""}"#.utf8)
    }
}
