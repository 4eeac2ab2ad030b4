import RealtimeProtocol

/// Takes the times of each answer from what happens to a session and what the session wants done.
///
/// It looks on: nothing that it knows comes back to the session, so a session is the same with it and without.
struct TurnClock {
    /// What is known of a turn until an answer to it begins.
    private struct Turn {
        var item: ItemID
        var speechEndedAt: Int
        var endedAt: Int
    }

    /// An answer on its way, in Unix milliseconds.
    private struct Answer {
        var begunAt: Int?
        var understoodAt: Int?
        /// When each of the first words was made, until the first sound tells how many make the first clause.
        var wordsAt: [Int] = []
        var firstClauseAt: Int?
        var firstSoundAt: Int?
        var firstSentAt: Int?
        var createdAt: Int?
        var turn: Turn?
    }

    private var answers: [ResponseID: Answer] = [:]
    private var turn: Turn?
    private var soundedUntil: Int?
    private var speechEndedAt: Int?
    private var understoodAt: Int?

    /// The longest first clause, in words, whose end is timed.
    private static let mostWords = 60

    /// Takes note of an input and what followed from it.
    ///
    /// - Parameters:
    ///   - session: as it is after the input.
    ///   - now: Unix milliseconds.
    /// - Returns: the answers that ended.
    mutating func note(
        _ input: Input, _ effects: some Sequence<Effect>, _ session: borrowing Session, at now: Int
    ) -> [TurnTiming] {
        note(input, at: now)
        if let sounded = session.turn.utterance?.soundedUntil, sounded != soundedUntil {
            soundedUntil = sounded
            speechEndedAt = now
        }
        return effects.compactMap { note($0, at: now) }
    }

    private mutating func note(_ input: Input, at now: Int) {
        switch input {
        case .recognized: understoodAt = now
        case .generation(let id, .text):
            guard let answer = answers[id], answer.firstSoundAt == nil, answer.wordsAt.count < Self.mostWords else {
                return
            }
            answers[id]?.wordsAt.append(now)
        case .generation(let id, .sound(_, let clause)):
            guard let answer = answers[id], answer.firstSoundAt == nil else { return }
            let count = clause?.split(whereSeparator: \.isWhitespace).count ?? 0
            answers[id]?.firstClauseAt = answer.wordsAt.prefix(count).last
            answers[id]?.firstSoundAt = now
        default: break
        }
    }

    private mutating func note(_ effect: Effect, at now: Int) -> TurnTiming? {
        switch effect {
        case .generate(let id, _), .prepare(let id, _):
            answers[id, default: Answer()].begunAt = now
            answers[id]?.understoodAt = understoodAt
        case .cancel(let id): if answers[id]?.createdAt == nil { answers[id] = nil }  // prepared for nothing
        case .sendAudio(let delta):
            if answers[delta.part.responseID]?.firstSentAt == nil { answers[delta.part.responseID]?.firstSentAt = now }
        case .send(let event):
            switch event.body {
            case .inputAudioBufferSpeechStopped(let stop):
                turn = speechEndedAt.map { Turn(item: stop.itemID, speechEndedAt: $0, endedAt: now) }
            case .responseCreated(let created):
                answers[created.response.id, default: Answer()].createdAt = now
                guard created.response.conversationID != nil else { return nil }
                answers[created.response.id]?.turn = turn
                turn = nil
            case .responseDone(let done):
                guard let answer = answers.removeValue(forKey: done.response.id) else { return nil }
                return Self.timing(answer, done.response, at: now)
            default: break
            }
        default: break
        }
        return nil
    }

    private static func timing(_ answer: Answer, _ response: Response, at now: Int) -> TurnTiming {
        let start = answer.turn?.speechEndedAt ?? answer.createdAt ?? now
        func after(_ moment: Int?) -> Int? { moment.map { $0 - start } }
        var timing = TurnTiming(response: response.id, item: answer.turn?.item, startedAt: start)
        timing.turnEnded = after(answer.turn?.endedAt)
        timing.understood = answer.turn == nil ? nil : after(answer.understoodAt)
        timing.begun = after(answer.begunAt)
        timing.firstWord = after(answer.wordsAt.first)
        timing.firstClause = after(answer.firstClauseAt)
        timing.firstSound = after(answer.firstSoundAt)
        timing.firstSent = after(answer.firstSentAt)
        timing.ended = after(now)
        timing.wasPrepared =
            if let begun = answer.begunAt, let created = answer.createdAt { begun < created } else { false }
        timing.status = response.status
        return timing
    }
}
