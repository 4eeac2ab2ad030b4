/// One speaking user: what goes into the microphone at each moment, and what comes of it.
///
/// It speaks into a microphone that never stops, one message every 20 ms. It asks, waits until it has heard the answer,
/// rests and asks the next; or it interrupts, as soon as it has heard a little of an answer.
struct User {
    /// What is said next.
    struct Step {
        var utterance: Utterance
        /// Said so long after the first audible sound of the last answer; `nil` to hear it out.
        var interruptsAfter: Duration?
    }

    private enum Phase {
        case resting(until: Duration)
        case speaking(next: Int)
        case listening(until: Duration)
        case done
    }

    /// Between an answer, when it has been played, and what is said next.
    static let rest = Duration.seconds(1)
    /// How long after the speech an answer may end.
    static let patience = Duration.seconds(20)

    private var steps: ArraySlice<Step>
    private var phase: Phase
    private var current: Step?
    /// Messages sent on this connection.
    private var sent = 0
    private var items: [String: Int] = [:]
    private(set) var turns: [SpokenTurn] = []

    /// A user who begins to talk at `now`.
    init(_ steps: some Sequence<Step>, at now: Duration) {
        self.steps = ArraySlice(Array(steps))
        phase = .resting(until: now + Self.rest)
    }

    /// Whether everything was said and answered.
    var isDone: Bool { if case .done = phase { true } else { false } }

    /// What the microphone hears in these 20 ms, which end now.
    mutating func nextMessage(at now: Duration) -> [UInt8] {
        turnOver(at: now)
        sent += 1
        guard case .speaking(let next) = phase, let utterance = current?.utterance else { return Utterance.silence }
        let end = (next + 1) * Utterance.step
        if end - Utterance.step <= utterance.onset, utterance.onset < end {
            turns[turns.count - 1].begin(
                at: now - .microseconds((end - utterance.onset) * 1_000_000 / Utterance.rate))
        }
        if end == utterance.end { turns[turns.count - 1].end(at: now, ofSound: Utterance.tick * sent) }
        phase =
            next + 1 < utterance.messages.count ? .speaking(next: next + 1) : .listening(until: now + Self.patience)
        return utterance.messages[next]
    }

    /// Takes what the server says.
    mutating func take(_ event: Wire.Event, at now: Duration) {
        guard !turns.isEmpty else { return }
        switch event {
        case .speechStopped(let item, _): items[item] = turns.count - 1
        case .transcribed(let item, let text):
            return turns[items[item] ?? turns.count - 1].take(transcript: text, at: now)
        default: break
        }
        turns[turns.count - 1].take(event, at: now)
    }

    /// The connection has ended. What was being said counts as failed, and if nothing was, what was to be said next:
    /// or this would go on for ever.
    mutating func lose(_ reason: String, at now: Duration) {
        switch phase {
        case .resting, .done:
            guard let step = steps.popFirst() else { return phase = .done }
            turns.append(SpokenTurn(step.utterance.name, interrupts: step.interruptsAfter != nil))
        case .speaking, .listening: break
        }
        turns[turns.count - 1].fail(reason)
        (sent, items) = (0, [:])
        goOn(at: now)
    }

    private mutating func turnOver(at now: Duration) {
        switch phase {
        case .resting(let until) where now >= until:
            guard let step = steps.popFirst() else { return phase = .done }
            say(step)
        case .listening(let until):
            let turn = turns[turns.count - 1]
            if let wait = steps.first?.interruptsAfter, let heard = turn.firstAudible {
                // Also an answer that is made already is still being played.
                if now >= heard + wait, let step = steps.popFirst() { say(step) }
            } else if turn.isAnswered {
                turns[turns.count - 1].judge()
                goOn(at: now)
            } else if now >= until {
                let lacking =
                    turn.stops.isEmpty ? "speech_stopped" : turn.firstAudible == nil ? "answer" : "end of the answer"
                turns[turns.count - 1].fail("no \(lacking) within \(Self.patience.components.seconds) s")
                goOn(at: now)
            }
        default: break
        }
    }

    private mutating func say(_ step: Step) {
        current = step
        turns.append(SpokenTurn(step.utterance.name, interrupts: step.interruptsAfter != nil))
        phase = .speaking(next: 0)
    }

    private mutating func goOn(at now: Duration) {
        guard !steps.isEmpty else { return phase = .done }
        phase = .resting(until: max(now, turns.last?.played ?? now) + Self.rest)
    }
}
