import RealtimeProtocol
import SpeechEngines

/// When a turn starts and ends (protocol.md D).
extension Session {
    mutating func hear(_ arrival: AudioArrival, into effects: inout [Effect]) {
        heard.end = arrival.range.upperBound
        turn.buffer = turn.buffer.lowerBound..<heard.end
        keepWithinLimit(into: &effects)
        guard let detection = configuration.audio.input.turnDetection else { return }
        for window in arrival.windows where window.end > turn.buffer.lowerBound {
            if turn.utterance == nil {
                waitForSpeech(window, detection, into: &effects)
            } else {
                waitForSilence(window, detection, into: &effects)
            }
        }
        if case .serverVAD(let settings) = detection, let timeout = settings.idleTimeoutMs {
            speakUp(after: timeout * 24, into: &effects)
        }
        if turn.utterance == nil {
            // Silence before a turn is dropped, but for what may still become its beginning.
            let keepFrom = (turn.onset ?? heard.end) - detection.paddingTicks - Turn.certain
            turn.buffer = max(turn.buffer.lowerBound, min(keepFrom, heard.end))..<heard.end
        }
    }

    /// Audio that cannot be taken: nobody could keep it until it is committed.
    func refusal(ofTicks ticks: Int) -> RealtimeError? {
        guard configuration.audio.input.turnDetection == nil,
            turn.buffer.count + ticks > rules.audioLimitMs * 24
        else { return nil }
        return .invalidRequest(
            "The input audio buffer is full: this session keeps at most \(rules.audioLimitMs / 1000) seconds of audio. "
                + "Commit or clear the buffer before appending more.", code: "input_audio_buffer_full", param: "audio")
    }

    /// A user who has been silent for long after an answer is spoken to (protocol.md C.16).
    private mutating func speakUp(after ticks: Int, into effects: inout [Effect]) {
        guard let since = turn.quietSince, heard.end - since >= ticks, turn.utterance == nil, turn.onset == nil,
            active == nil, configuration.type == .realtime
        else { return }
        turn.quietSince = nil
        let item = ItemID(rawValue: ids.next("item_"))
        send(
            .inputAudioBufferTimeoutTriggered(
                TimeoutTriggered(audioStartMs: since / 24, audioEndMs: heard.end / 24, itemID: item)), into: &effects)
        commit(item, max(since, heard.kept)..<heard.end, understood: "", into: &effects)
        turn.buffer = heard.end..<heard.end
        guard configuration.audio.input.turnDetection?.createsResponse == true else { return }
        do throws(RealtimeError) {
            try respond(ResponseParameters(), automatically: true, afterSilence: true, into: &effects)
        } catch {
            send(error, into: &effects)
        }
    }

    /// From when on a silence counts: the end of the answer's sound, if the client plays it as it comes.
    mutating func noteEnd(of response: OpenResponse) {
        let sound = response.output.reduce(0) { $0 + $1.spokenTicks }
        turn.quietSince = max(heard.end, (response.soundBeganAt ?? heard.end) + sound)
    }

    private mutating func waitForSpeech(
        _ window: VoiceWindow, _ detection: TurnDetection, into effects: inout [Effect]
    ) {
        guard window.probability >= detection.threshold else { return turn.onset = nil }
        let onset = turn.onset ?? window.end - VoiceWindow.length
        turn.onset = onset
        guard window.end - onset >= Turn.certain else { return }
        let start = max(turn.buffer.lowerBound, onset - detection.paddingTicks)
        let item = ItemID(rawValue: ids.next("item_"))
        turn.utterance = Turn.Utterance(
            item: item, start: start, began: onset, voicedUntil: window.end, soundedUntil: window.end,
            loudness: window.level, attemptCovers: start)
        turn.onset = nil
        if case .semanticVAD = detection, isBeingHeard {
            turn.utterance?.isHeld = true
        } else {
            announceSpeech(detection, into: &effects)
        }
    }

    /// Whether the client is playing an answer, if it plays it as it comes.
    private var isBeingHeard: Bool { active?.soundBeganAt != nil || turn.quietSince.map { $0 > heard.end } ?? false }

    /// The client learns that somebody speaks, and the answer is interrupted.
    private mutating func announceSpeech(_ detection: TurnDetection, into effects: inout [Effect]) {
        guard let utterance = turn.utterance else { return }
        turn.utterance?.isHeld = false
        turn.quietSince = nil
        send(
            .inputAudioBufferSpeechStarted(
                SpeechStarted(audioStartMs: utterance.start / 24, itemID: utterance.item)), into: &effects)
        if detection.interruptsResponse, let active {
            finish(active.id, .cancelled(reason: "turn_detected"), into: &effects)
        }
        prefill(adding: [], into: &effects)
    }

    /// Speech over an answer of which this much was understood: is somebody taking the turn?
    ///
    /// - Returns: whether the speech goes on; `false` if it was a cough or a nod, which nobody hears of.
    mutating func weighInterruption(_ text: String, into effects: inout [Effect]) -> Bool {
        guard let utterance = turn.utterance, utterance.isHeld,
            let detection = configuration.audio.input.turnDetection
        else { return true }
        if !Backchannel.isAll(of: text) {
            announceSpeech(detection, into: &effects)
        } else if utterance.isCovered {
            turn.utterance = nil
            return false
        }
        return true
    }

    private mutating func waitForSilence(
        _ window: VoiceWindow, _ detection: TurnDetection, into effects: inout [Effect]
    ) {
        if let held = turn.utterance, held.isHeld, window.end - held.began >= Turn.longestHold {
            announceSpeech(detection, into: &effects)
        }
        guard var utterance = turn.utterance else { return }
        let isVoiced = window.probability >= detection.threshold - Turn.fade
        if isVoiced {
            let goesOn = utterance.takeVoice(window)
            turn.utterance = utterance
            if goesOn {
                dropPrepared(into: &effects)
                return hypothesize(into: &effects)
            }
        }
        // Quiet, whatever the detector says. While it hears a voice one attempt at a time is enough; once it doesn't, an
        // attempt that missed something is not waited for.
        if !utterance.isCovered, !(isVoiced && utterance.isFinalAttempt && utterance.isAttemptPending) {
            recognize(upTo: window.end, isFinal: true, into: &effects)
        }
        guard !isVoiced, turn.utterance?.isHeld == false else { return }
        let silence = window.end - utterance.voicedUntil
        if silence >= Turn.pause { judge(upTo: window.end, detection, into: &effects) }
        if silence >= detection.silenceTicks(after: turn.utterance) { endTurn(at: window.end, into: &effects) }
    }

    /// Has the sound of a pause judged, once.
    private mutating func judge(upTo end: Int, _ detection: TurnDetection, into effects: inout [Effect]) {
        guard case .semanticVAD = detection, rules.judgesTurnEnds, var utterance = turn.utterance,
            utterance.judgement == .none
        else { return }
        utterance.judgement = .asked
        turn.utterance = utterance
        let span = AudioSpan(
            track: .heard, ranges: [max(utterance.start, end - Turn.judged)..<end],
            format: configuration.audio.input.format)
        effects.append(.judge(utterance.item, voicedUntil: utterance.voicedUntil, span))
    }

    /// What an engine makes of a pause; it means nothing once somebody speaks again.
    mutating func take(_ judgement: TurnJudgement, into effects: inout [Effect]) {
        guard let utterance = turn.utterance, utterance.item == judgement.item,
            utterance.voicedUntil == judgement.voicedUntil
        else { return }
        turn.utterance?.judgement = .finished(probability: judgement.probability)
        if case .semanticVAD(let settings)? = configuration.audio.input.turnDetection,
            judgement.probability < settings.eagerness.sureEnough
        {
            dropPrepared(into: &effects)  // most likely the turn goes on
        }
    }

    private mutating func endTurn(at end: Int, into effects: inout [Effect]) {
        guard let utterance = turn.utterance else { return }
        turn.utterance = nil
        send(
            .inputAudioBufferSpeechStopped(SpeechStopped(audioEndMs: end / 24, itemID: utterance.item)), into: &effects)
        commit(utterance.item, utterance.start..<end, after: utterance, into: &effects)
        turn.buffer = end..<heard.end
        unanswered.append(utterance.item)
        if configuration.type == .realtime, configuration.audio.input.turnDetection?.createsResponse == true {
            if !adoptPrepared(for: utterance.item, into: &effects) { respondToTurn(into: &effects) }
        }
        announceTranscript(of: utterance.item, into: &effects)
    }

    // MARK: What the client says of its audio

    mutating func commit(into effects: inout [Effect]) throws(RealtimeError) {
        let range = (turn.utterance?.start ?? turn.buffer.lowerBound)..<heard.end
        guard range.count >= 2400 else {
            let hundredths = range.count * 100 / 24
            let shown = "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
            throw .invalidRequest(
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
                    + "but buffer only has \(shown)ms of audio.", code: "input_audio_buffer_commit_empty")
        }
        let announced = turn.utterance?.announced ?? turn.announced
        commit(
            announced?.item ?? ItemID(rawValue: ids.next("item_")), range, told: announced?.told ?? [], into: &effects)
        turn = Turn(buffer: heard.end..<heard.end, quietSince: turn.quietSince)
        settleOwedAnswer(into: &effects)
    }

    mutating func clear(into effects: inout [Effect]) {
        turn = Turn(buffer: heard.end..<heard.end, quietSince: turn.quietSince)
        send(.inputAudioBufferCleared(NoFields()), into: &effects)
        settleOwedAnswer(into: &effects)
    }

    /// Another way to find turns, or another format: what is buffered stays, what is being said goes on only while the
    /// way is of the same kind (protocol.md D).
    mutating func adoptTurnDetection(_ before: TurnDetection?) {
        switch (before, configuration.audio.input.turnDetection) {
        case (.serverVAD, .serverVAD), (.semanticVAD, .semanticVAD): break
        case (_, nil):
            let start = turn.utterance?.start ?? turn.buffer.lowerBound
            turn = Turn(
                buffer: start..<heard.end, quietSince: turn.quietSince,
                announced: turn.utterance?.announced ?? turn.announced)
        default: turn = Turn(buffer: turn.buffer, quietSince: turn.quietSince)
        }
    }

    private mutating func commit(
        _ item: ItemID, _ range: Range<Int>, after utterance: Turn.Utterance? = nil, told: [Substring] = [],
        understood: String? = nil, into effects: inout [Effect]
    ) {
        let span = AudioSpan(track: .heard, ranges: [range], format: configuration.audio.input.format)
        var entry = Entry(
            item: Item(id: item, body: .message(role: .user, content: [.inputAudio(transcript: nil)])),
            understood: understood, told: utterance?.told ?? told,
            isTranscribed: configuration.audio.input.transcription != nil, audio: [span])
        send(
            .inputAudioBufferCommitted(InputAudioBufferCommitted(previousItemID: items.last?.id, itemID: item)),
            into: &effects)
        if let utterance, utterance.isCovered {
            // Understood during the silence, or about to be.
            entry.attempt = utterance.attempt
            entry.understood = utterance.text
            insert(entry, at: items.count, into: &effects)
        } else if understood != nil {
            insert(entry, at: items.count, into: &effects)
            announceTranscript(of: item, into: &effects)
        } else {
            entry.attempt = nextAttempt()
            insert(entry, at: items.count, into: &effects)
            effects.append(
                .recognize(Recognition(item: item, attempt: entry.attempt, audio: span, isFinal: true)))
        }
    }

    // MARK: Audio is kept for a while only

    mutating func keepWithinLimit(into effects: inout [Effect]) {
        let limit = rules.audioLimitMs * 24
        let excess = heard.length + said.length + given.length - limit
        guard excess > 0 else { return }
        // A twentieth at once, so that this is done seldom; of the track that has most.
        let drop = excess + limit / 20
        if heard.length >= max(said.length, given.length) {
            forget(.heard, &heard, drop, into: &effects)
            turn.buffer = max(turn.buffer.lowerBound, heard.kept)..<heard.end
            if let start = turn.utterance?.start { turn.utterance?.start = max(start, heard.kept) }
        } else if said.length >= given.length {
            forget(.said, &said, drop, into: &effects)
        } else {
            forget(.given, &given, drop, into: &effects)
        }
    }

    private func forget(
        _ name: AudioSpan.Track, _ track: inout Track, _ ticks: Int, into effects: inout [Effect]
    ) {
        track.kept = min(track.kept + ticks, track.end)
        effects.append(.forget(name, before: track.kept))
    }
}

extension TurnDetection {
    var threshold: Float {
        switch self {
        case .serverVAD(let settings): Float(settings.threshold)
        case .semanticVAD: 0.5
        }
    }

    var paddingTicks: Int {
        switch self {
        case .serverVAD(let settings): settings.prefixPaddingMs * 24
        case .semanticVAD: 300 * 24
        }
    }

    /// How long a silence ends the turn. Its sound is judged by an engine, and the text tells whether a sentence has ended:
    /// where both say so the turn ends soon, where only one does a little later (protocol.md G, row 43; what it is worth:
    /// docs/turn-taking.md).
    func silenceTicks(after utterance: Turn.Utterance?) -> Int {
        switch self {
        case .serverVAD(let settings): return settings.silenceDurationMs * 24
        case .semanticVAD(let settings):
            let eagerness = settings.eagerness
            let endsSentence = utterance?.endsSentence == true
            return switch utterance?.judgement {
            case .finished(let probability) where probability >= eagerness.sureEnough:
                endsSentence ? Turn.shortest : eagerness.hesitation
            case Turn.Judgement.none? where endsSentence && utterance?.text != nil: 480 * 24
            default: eagerness.longestWait
            }
        }
    }
}

extension TurnDetection.SemanticVAD.Eagerness {
    /// How sure it must be that the speaker has finished, for the server to take its turn at once.
    fileprivate var sureEnough: Float {
        switch self {
        case .low: 0.8
        case .medium, .auto: 0.5
        case .high: 0.3
        }
    }

    /// The silence that ends a turn which sounds finished, but whose words do not end a sentence.
    fileprivate var hesitation: Int {
        switch self {
        case .low: 1_000 * 24
        case .medium, .auto: 800 * 24
        case .high: 500 * 24
        }
    }

    /// The silence that ends any turn (protocol.md B.6).
    fileprivate var longestWait: Int {
        switch self {
        case .low: 8_000 * 24
        case .medium, .auto: 4_000 * 24
        case .high: 2_000 * 24
        }
    }
}
