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
    /// CPU seconds of the benchmark itself.
    public var ownSeconds = 0.0
    /// CPU seconds of the server, if its process is known.
    public var serverSeconds: Double?
    /// CPU seconds of everybody on the machine.
    public var busySeconds: Double?
    /// The server's memory.
    public var memory: Memory?
    /// How late messages were, in ms: the 95th of 100.
    public var lateP95 = 0.0
    /// The latest that one was.
    public var lateMost = 0.0
    /// Seconds that somebody's microphone was open.
    public var microphoneSeconds = 0.0
    /// Messages with sound that came while sound went both ways.
    public var soundMessages = 0
    /// `silence_duration_ms` as the server told.
    public var silence: Int?
    /// Why the times prove nothing; empty for an undisturbed run.
    public var disturbances: [String] = []
    /// What was said and answered.
    public var turns: [TurnRecord] = []
    /// What was said over an answer.
    public var interruptions: [InterruptionRecord] = []
    /// When the server reached each step, as it says itself: milliseconds after the end of speech.
    public var steps: [StepRecord] = []

    /// Resident memory of a server, in MB.
    public struct Memory: Codable, Sendable {
        /// Before the first session.
        public var before: Double
        /// After the last round.
        public var now: Double
        /// At most, since it was started.
        public var most: Double
    }

    /// A step of the waterfall.
    public struct StepRecord: Codable, Sendable {
        /// What it is called.
        public var name: String
        /// How many answers reached it.
        public var count: Int
        /// The middle, in ms.
        public var p50: Double
        /// The 95th of 100, in ms.
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
    /// Which session, from 0.
    public var session: Int
    /// Which round, from 0.
    public var round: Int
    /// What was said.
    public var utterance: String
    /// Why it doesn't count.
    public var failure: String?
    /// From the last sample of speech to `speech_stopped`.
    public var speechEndToStopped: Double?
    /// From there to `response.created`.
    public var stoppedToCreated: Double?
    /// To the first sound.
    public var stoppedToAudio: Double?
    /// To the first sample above −45 dBFS.
    public var stoppedToAudible: Double?
    /// From the last sample of speech to that sample.
    public var voiceToVoice: Double?
    /// How much sound precedes it.
    public var leadingSilence: Double?
    /// How long a client that plays at once had nothing to play.
    public var holes: Double?
    /// From the end of speech to the end of the turn, on the sound's own clock.
    public var speechEndToTurnEnd: Double?
    /// From `speech_stopped` to the transcript.
    public var stoppedToTranscript: Double?
    /// To the first word of the answer.
    public var stoppedToWord: Double?
    /// From there to the first sound.
    public var wordToAudio: Double?
    /// How long the answer sounds, in seconds.
    public var answerSeconds: Double
    /// What was understood.
    public var heard: String
    /// What was answered.
    public var answer: String
}

/// An interruption; times in milliseconds.
public struct InterruptionRecord: Codable, Sendable {
    /// Which session, from 0.
    public var session: Int
    /// Which round, from 0.
    public var round: Int
    /// What was said.
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
