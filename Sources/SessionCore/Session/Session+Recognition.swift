import RealtimeProtocol
import SpeechEngines

/// Understanding what is said: while it is being said, and afterwards.
extension Session {
    mutating func nextAttempt() -> Int {
        attempts += 1
        return attempts
    }

    /// A guess while the user still speaks, so that the language model can read along.
    mutating func hypothesize(into effects: inout [Effect]) {
        guard let utterance = turn.utterance, !utterance.isAttemptPending else { return }
        let isDue =
            if utterance.isHeld {
                utterance.voicedUntil - max(utterance.attemptCovers, utterance.began) >= Turn.glance
            } else {
                utterance.voicedUntil - utterance.attemptCovers
                    >= (configuration.type == .transcription ? Turn.captionStep : Turn.hypothesisStep)
            }
        guard isDue else { return }
        recognize(upTo: utterance.voicedUntil, isFinal: false, into: &effects)
    }

    mutating func recognize(upTo end: Int, isFinal: Bool, into effects: inout [Effect]) {
        guard var utterance = turn.utterance else { return }
        utterance.attempt = nextAttempt()
        utterance.attemptCovers = end
        utterance.isFinalAttempt = isFinal
        utterance.isAttemptPending = true
        utterance.text = nil
        turn.utterance = utterance
        let span = AudioSpan(
            track: .heard, ranges: [utterance.start..<end], format: configuration.audio.input.format)
        effects.append(
            .recognize(
                Recognition(item: utterance.item, attempt: utterance.attempt, audio: span, isFinal: isFinal)))
    }

    mutating func understand(_ result: RecognitionResult, into effects: inout [Effect]) {
        if let utterance = turn.utterance, utterance.item == result.item {
            guard utterance.attempt == result.attempt else { return }
            understandSpeaker(result.text, into: &effects)
            return
        }
        if let index = items.firstIndex(where: { $0.id == result.item }) {
            guard items[index].attempt == result.attempt, items[index].understood == nil else { return }
            items[index].understood = result.text ?? ""
            announceTranscript(of: result.item, failure: result.failure, into: &effects)
        } else if !understandInput(result) {
            return  // the item is gone
        }
        if let failure = result.failure {
            failWaiting(.failed(code: "transcription_failed", message: failure), into: &effects)
        } else {
            startWaiting(into: &effects)
        }
    }

    /// What was given to one response only.
    private mutating func understandInput(_ result: RecognitionResult) -> Bool {
        for index in responses.indices {
            guard let place = responses[index].input?.firstIndex(where: { $0.id == result.item }),
                responses[index].input?[place].attempt == result.attempt
            else { continue }
            responses[index].input?[place].understood = result.text ?? ""
            return true
        }
        return false
    }

    private mutating func understandSpeaker(_ text: String?, into effects: inout [Effect]) {
        guard var utterance = turn.utterance else { return }
        utterance.isAttemptPending = false
        guard let text else {
            // The engine failed; the end of the turn tries again.
            utterance.isFinalAttempt = false
            turn.utterance = utterance
            return
        }
        utterance.endsSentence = text.last.map { ".!?".contains($0) } ?? false && !text.hasSuffix("..")
        turn.utterance = utterance
        guard weighInterruption(text, into: &effects), let heard = turn.utterance, !heard.isHeld else { return }
        utterance = heard
        if utterance.isCovered {
            utterance.text = text
            turn.utterance = utterance
            prepare(text, for: utterance.item, into: &effects)
        } else {
            // Its last word may still change. A prompt that turns out otherwise costs only its last few tokens.
            let words = text.split(separator: " ").dropLast().joined(separator: " ")
            if !words.isEmpty { prefill(adding: [.user(words)], into: &effects) }
        }
        tellStableWords(of: &utterance, text, into: &effects)
        turn.utterance = utterance
    }

    /// The language model reads along; in a transcription session there is none.
    mutating func prefill(adding messages: [PromptMessage], into effects: inout [Effect]) {
        guard configuration.type == .realtime else { return }
        effects.append(.prefill(prompt(for: nil, adding: messages)))
    }

    /// Words on which two attempts agree, but for the last, are told while the user still speaks. They stay.
    private mutating func tellStableWords(
        of utterance: inout Turn.Utterance, _ text: String, into effects: inout [Effect]
    ) {
        let words = text.split(separator: " ")
        let agreed = zip(words.dropLast(), utterance.words).prefix { $0 == $1 }.count
        utterance.words = words
        guard configuration.type == .transcription, configuration.audio.input.transcription != nil,
            dialect.wireType(of: .inputAudioTranscriptionDelta) != nil, agreed > utterance.told.count,
            words.starts(with: utterance.told)
        else { return }
        let more = words[utterance.told.count..<agreed]
        let lead = utterance.told.isEmpty ? "" : " "
        utterance.told += more
        send(
            .inputAudioTranscriptionDelta(
                TranscriptionDelta(
                    itemID: utterance.item, contentIndex: 0, delta: lead + more.joined(separator: " "))),
            into: &effects)
    }

    /// Tells the client what was understood, if it wants to know and it is known (protocol.md C.8).
    mutating func announceTranscript(of item: ItemID, failure: String? = nil, into effects: inout [Effect]) {
        guard let index = items.firstIndex(where: { $0.id == item }), items[index].isTranscribed,
            let understood = items[index].understood,
            case .message(let role, var content) = items[index].item.body,
            let part = content.firstIndex(where: { if case .inputAudio = $0 { true } else { false } })
        else { return }
        items[index].isTranscribed = false  // exactly one end for each item
        if let failure {
            send(
                .inputAudioTranscriptionFailed(
                    TranscriptionFailed(
                        itemID: item, contentIndex: part,
                        error: TranscriptionFailure(
                            type: "transcription_error", code: nil,
                            message: "Input transcription failed for item '\(item)'. \(failure)", param: nil))),
                into: &effects)
            return
        }
        // What has been told is not taken back: the deltas joined are the transcript.
        let told = items[index].told
        let rest = told.isEmpty ? [] : understood.split(separator: " ").dropFirst(told.count)
        let transcript = told.isEmpty ? understood : (told + rest).joined(separator: " ")
        let delta = String(transcript.dropFirst(told.joined(separator: " ").count))
        content[part] = .inputAudio(transcript: transcript)
        items[index].item.body = .message(role: role, content: content)
        if !delta.isEmpty, dialect.wireType(of: .inputAudioTranscriptionDelta) != nil {
            send(
                .inputAudioTranscriptionDelta(
                    TranscriptionDelta(itemID: item, contentIndex: part, delta: delta)), into: &effects)
        }
        send(
            .inputAudioTranscriptionCompleted(
                TranscriptionCompleted(
                    itemID: item, contentIndex: part, transcript: transcript,
                    usage: TranscriptionUsage(type: "duration", seconds: Double(items[index].heardMs) / 1000))),
            into: &effects)
    }
}
