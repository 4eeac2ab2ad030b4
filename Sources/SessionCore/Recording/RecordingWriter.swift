import AudioDSP
import RealtimeProtocol

/// Where a recording goes. A failure is the sink's to report: the session goes on without its recording.
public protocol RecordingSink {
    /// Appends a line to `events.jsonl`.
    mutating func append(line: [UInt8])
    /// Appends samples of 24 kHz to `input.wav` or `output.wav`.
    mutating func append(_ samples: [Int16], to track: AudioSpan.Track)
}

/// Writes a session down as it happens.
public struct RecordingWriter<Sink: RecordingSink>: SessionRecorder {
    private var sink: Sink
    private let startedAt: Int
    private let clock: @Sendable () -> Int

    /// Begins with the head.
    public init(_ head: Recording.Head, to sink: Sink, clock: @escaping @Sendable () -> Int) {
        self.sink = sink
        self.clock = clock
        startedAt = head.startedAt
        write(head)
    }

    /// Something happened.
    public mutating func record(_ input: Input) { write(Recording.Happened(at: now, in: input)) }

    /// Something was said.
    public mutating func record(wire: [UInt8], sound: Range<Int>?) {
        write(Recording.Said(at: now, wire: wire, sound: sound))
    }

    /// An answer has come to its end.
    public mutating func record(_ timing: TurnTiming) { write(Recording.Timed(at: now, turn: timing)) }

    /// Audio was added to a track.
    public mutating func record(_ samples: [Int16], rate: Int, on track: AudioSpan.Track) {
        let held = AudioLog.ticksPerSecond / rate
        sink.append(held == 1 ? samples : samples.flatMap { repeatElement($0, count: held) }, to: track)
    }

    private var now: Int { clock() - startedAt }

    private mutating func write(_ line: some Encodable) {
        guard let value = try? JSONValue(encoding: line) else { return }
        sink.append(line: value.bytes + [0x0A])
    }
}
