import AudioDSP
import RealtimeProtocol

/// One thing said and its answer, as a client sees them. Moments are counted from the beginning of the run.
struct SpokenTurn {
    let utterance: String
    /// Whether it is said while the last answer is being played.
    let interrupts: Bool

    /// The first sample of speech was spoken, the last one was.
    private(set) var began: Duration?
    private(set) var spoken: Duration?
    private(set) var started: Duration?
    private(set) var stops: [Duration] = []
    /// The last sample of speech and the end of the turn, in the sound of the session.
    private var spokenAt: Duration?
    private var endedAtMs: Double?
    private var responses: [String] = []
    private(set) var statuses: [String] = []
    private var created: Duration?
    private var transcribed: Duration?
    private var firstWord: Duration?
    private var firstSound: Duration?
    private(set) var firstAudible: Duration?
    private var leadingSilence: Duration?
    private var holes = Duration.zero
    private var samples = 0
    private var heard: [String] = []
    private var answer = ""
    /// When the answer that it interrupts was over.
    private var cut: Duration?
    private(set) var failure: String?

    /// −45 dBFS.
    private static let audible: Int16 = 184

    init(_ utterance: String, interrupts: Bool) {
        self.utterance = utterance
        self.interrupts = interrupts
    }

    /// Whether everything that answers it has come.
    var isAnswered: Bool {
        spoken != nil && !stops.isEmpty && stops.count == responses.count && responses.count == statuses.count
    }

    /// When a client that plays at once is through with the answer.
    var played: Duration? { firstSound.map { $0 + Self.length(samples) + holes } }

    // MARK: What happens

    mutating func begin(at now: Duration) { began = now }

    mutating func end(at now: Duration, ofSound position: Duration) { (spoken, spokenAt) = (now, position) }

    mutating func fail(_ reason: String) { failure = failure ?? reason }

    mutating func take(_ event: Wire.Event, at now: Duration) {
        switch event {
        case .speechStarted: if began != nil { started = started ?? now }
        case .speechStopped(_, let atMs):
            stops.append(now)
            endedAtMs = atMs
        case .responseCreated(let id):
            responses.append(id)
            (created, firstWord, firstSound, firstAudible, leadingSilence) = (now, nil, nil, nil, nil)
            (samples, holes, answer) = (0, .zero, "")
        case .word(let id, let text) where id == responses.last:
            firstWord = firstWord ?? now
            answer += text
        case .sound(let id, let base64) where id == responses.last: hear(base64, at: now)
        case .responseDone(let id, let status, _):
            if responses.contains(id) {
                statuses.append(status)
            } else if status == "cancelled", interrupts {
                cut = cut ?? now
            }
        case .failed(let message): fail("error: \(message)")
        default: break
        }
    }

    /// What was understood; it may come when the next thing is being said.
    mutating func take(transcript: String, at now: Duration) {
        transcribed = now
        heard.append(transcript)
    }

    private mutating func hear(_ base64: String, at now: Duration) {
        let start = firstSound ?? now
        firstSound = start
        if let played, now > played { holes += now - played }
        guard firstAudible == nil else {
            let padding = base64.utf8.suffix(2).count { $0 == UInt8(ascii: "=") }
            samples += (base64.utf8.count / 4 * 3 - padding) / 2
            return
        }
        let sound = PCM16.decode(Base64.decode(base64.utf8) ?? [])
        if let first = sound.firstIndex(where: { $0 > Self.audible || $0 < -Self.audible }) {
            firstAudible = now
            leadingSilence = Self.length(samples + first)
        }
        samples += sound.count
    }

    // MARK: What came of it

    /// Why it doesn't count.
    mutating func judge() {
        guard failure == nil, let spoken else { return }
        if let stop = stops.first, stop < spoken {
            fail("split: speech_stopped before the last sample of speech")
        } else if stops.count > 1 {
            fail("split: \(stops.count) times speech_stopped")
        } else if let status = statuses.last, !["completed", "incomplete"].contains(status) {
            fail("response \(status)")
        } else if firstAudible == nil {
            fail("silent answer")
        }
    }

    /// The turn as it stands in the report.
    func record(session: Int, round: Int) -> TurnRecord {
        func between(_ start: Duration?, _ end: Duration?) -> Double? {
            if let start, let end { (end - start).milliseconds } else { nil }
        }
        let stop = stops.last
        return TurnRecord(
            session: session, round: round, utterance: utterance, failure: failure,
            speechEndToStopped: between(spoken, stop), stoppedToCreated: between(stop, created),
            stoppedToAudio: between(stop, firstSound), stoppedToAudible: between(stop, firstAudible),
            voiceToVoice: between(spoken, firstAudible), leadingSilence: leadingSilence?.milliseconds,
            holes: holes.milliseconds,
            speechEndToTurnEnd: spokenAt.flatMap { at in
                endedAtMs.map { $0 - at.milliseconds }
            }, stoppedToTranscript: between(stop, transcribed), stoppedToWord: between(stop, firstWord),
            wordToAudio: between(firstWord, firstSound), answerSeconds: Self.length(samples).milliseconds / 1000,
            heard: heard.joined(separator: " "), answer: answer)
    }

    /// The interruption as it stands in the report.
    func interruption(session: Int, round: Int) -> InterruptionRecord {
        InterruptionRecord(
            session: session, round: round, utterance: utterance,
            felt: began.flatMap { began in started.map { ($0 - began).milliseconds } },
            cut: started.flatMap { started in cut.map { ($0 - started).milliseconds } })
    }

    private static func length(_ samples: Int) -> Duration { .microseconds(samples * 1_000_000 / Utterance.rate) }
}

extension Duration {
    /// In milliseconds, to a hundredth.
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return (Double(seconds) * 100_000 + Double(attoseconds) / 1e13).rounded() / 100
    }
}
