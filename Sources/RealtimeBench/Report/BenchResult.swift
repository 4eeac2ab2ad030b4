import Foundation

/// What a benchmark found: everything that is printed, and each turn.
public struct BenchResult: Codable, Sendable {
    /// Processor, cores and load when it began.
    public var machine: String
    /// When it began, as ISO 8601.
    public var date: String
    /// One for each server and number of sessions.
    public var runs: [BenchRun] = []
    /// The most sessions whose 95th of 100 voice-to-voice times was within the limit, if that was asked.
    public var knee: Knee?

    /// A result without runs, of this machine and moment.
    public static func begun() -> BenchResult {
        BenchResult(machine: Machine.description, date: Date.now.formatted(.iso8601))
    }

    /// Where a server is too busy.
    public struct Knee: Codable, Sendable {
        /// The limit, in ms.
        public var limit: Double
        /// So many sessions kept it; 0 if not even one did.
        public var sessions: Int
        /// Whether more sessions were tried and did not.
        public var wasPassed: Bool
    }
}

/// So many sessions at once, against one server.
public struct BenchRun: Codable, Sendable {
    /// The server's name.
    public var target: String
    /// Sessions at once.
    public var sessions: Int
    /// How long it took.
    public var seconds = 0.0
    /// Tokens a second of the language model alone, before and after; `nil` where it could not be told.
    public var decoding: [Double?] = []
    /// CPU seconds of the benchmark itself, of the server, and of everybody on the machine.
    public var ownSeconds = 0.0
    public var serverSeconds: Double?
    public var busySeconds: Double?
    /// The server's memory in MB: before the first session, now, and at most.
    public var memory: Memory?
    /// How late messages were, in ms.
    public var lateP95 = 0.0
    public var lateMost = 0.0
    /// Seconds that somebody's microphone was open.
    public var microphoneSeconds = 0.0
    /// Messages with sound that came while sound went both ways.
    public var soundMessages = 0
    /// `silence_duration_ms` as the server told.
    public var silence: Int?
    /// Why the times prove nothing; empty for an undisturbed run.
    public var disturbances: [String] = []
    public var turns: [TurnRecord] = []
    public var interruptions: [InterruptionRecord] = []
    /// When the server reached each step, as it says itself: milliseconds after the end of speech.
    public var steps: [StepRecord] = []

    /// Resident memory of a server, in MB.
    public struct Memory: Codable, Sendable {
        public var before: Double
        public var now: Double
        public var most: Double
    }

    /// A step of the waterfall.
    public struct StepRecord: Codable, Sendable {
        public var name: String
        public var count: Int
        public var p50: Double
        public var p95: Double
    }

    /// The turns that count.
    var counted: [TurnRecord] { turns.filter { $0.failure == nil } }

    /// CPU seconds of the server for a minute of one session.
    var serverSecondsPerSessionMinute: Double? {
        microphoneSeconds > 0 ? serverSeconds.map { $0 / (microphoneSeconds / 60) } : nil
    }

    /// Shares of one core: of the benchmark, and of everybody who is neither it nor the server.
    var ownShare: Double { seconds > 0 ? ownSeconds / seconds : 0 }
    var othersShare: Double? {
        guard let busySeconds, let serverSeconds, seconds > 0 else { return nil }
        return (busySeconds - serverSeconds - ownSeconds) / seconds
    }
}

/// A turn; times in milliseconds.
public struct TurnRecord: Codable, Sendable {
    public var session: Int
    public var round: Int
    public var utterance: String
    /// Why it doesn't count.
    public var failure: String?
    public var speechEndToStopped: Double?
    public var stoppedToCreated: Double?
    public var stoppedToAudio: Double?
    public var stoppedToAudible: Double?
    public var voiceToVoice: Double?
    public var leadingSilence: Double?
    public var holes: Double?
    public var speechEndToTurnEnd: Double?
    public var stoppedToTranscript: Double?
    public var stoppedToWord: Double?
    public var wordToAudio: Double?
    public var answerSeconds: Double
    public var heard: String
    public var answer: String
}

/// An interruption; times in milliseconds.
public struct InterruptionRecord: Codable, Sendable {
    public var session: Int
    public var round: Int
    public var utterance: String
    /// From the first sample of speech to `speech_started`, on which clients fall silent. `nil` if it never came.
    public var felt: Double?
    /// From there to the end of the answer, if that was still being made.
    public var cut: Double?
}

/// A row of the table.
struct Figure: Sendable {
    var title: String
    var value: @Sendable (TurnRecord) -> Double?

    /// What a user feels.
    static let all = [
        Figure(title: "end of speech → `speech_stopped`") { $0.speechEndToStopped },
        Figure(title: "`speech_stopped` → `response.created`") { $0.stoppedToCreated },
        Figure(title: "`speech_stopped` → first audio delta") { $0.stoppedToAudio },
        Figure(title: "`speech_stopped` → first audible sample") { $0.stoppedToAudible },
        Figure(title: "voice-to-voice") { $0.voiceToVoice },
        Figure(title: "silence at the answer's start") { $0.leadingSilence },
        Figure(title: "holes in playback, sum of a turn") { $0.holes },
    ]
    /// Where the time goes, as far as a client can see it.
    static let stages = [
        Figure(title: "end of speech → end of the turn, on the sound's own clock") { $0.speechEndToTurnEnd },
        Figure(title: "`speech_stopped` → transcript of what was heard") { $0.stoppedToTranscript },
        Figure(title: "`speech_stopped` → first word of the answer") { $0.stoppedToWord },
        Figure(title: "first word → first audio delta") { $0.wordToAudio },
    ]
}

/// Values in order, to be asked for their middle.
struct Distribution {
    let values: [Double]

    init(_ values: some Sequence<Double>) { self.values = values.sorted() }

    /// The value that this share of all is below, between the two nearest; `nil` for none at all.
    subscript(share: Double) -> Double? {
        guard let last = values.indices.last else { return nil }
        let place = share * Double(last)
        let low = Int(place)
        return values[low] + (values[min(low + 1, last)] - values[low]) * (place - Double(low))
    }
}
