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
        guard let utterance = turn.utterance, !utterance.isAttemptPending,
            utterance.voicedUntil - utterance.attemptCovers >= Turn.hypothesisStep
        else { return }
        recognize(upTo: utterance.voicedUntil, isFinal: false, into: &effects)
    }

    mutating func recognize(upTo end: Int, isFinal: Bool, into effects: inout [Effect]) {
        guard var utterance = turn.utterance else { return }
        utterance.attempt = nextAttempt()
        utterance.attemptCovers = end
        utterance.isFinalAttempt = isFinal
        utterance.isAttemptPending = true
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
        guard let index = items.firstIndex(where: { $0.id == result.item }), items[index].attempt == result.attempt,
            items[index].understood == nil
        else { return }  // the item is gone, or was understood otherwise
        items[index].understood = result.text ?? ""
        announceTranscript(of: result.item, failure: result.failure, into: &effects)
        if let failure = result.failure {
            failWaiting(.failed(code: "transcription_failed", message: failure), into: &effects)
        } else {
            startWaiting(into: &effects)
        }
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
        if utterance.isFinalAttempt, utterance.attemptCovers >= utterance.voicedUntil {
            utterance.text = text
            if !text.isEmpty { effects.append(.prefill(prompt(for: nil, adding: [.user(text)]))) }
        } else {
            // Its last word may still change. A prompt that turns out otherwise costs only its last few tokens.
            let words = text.split(separator: " ").dropLast().joined(separator: " ")
            if !words.isEmpty { effects.append(.prefill(prompt(for: nil, adding: [.user(words)]))) }
        }
        turn.utterance = utterance
    }

    /// Tells the client what was understood, if it wants to know and it is known (protocol.md C.8).
    mutating func announceTranscript(of item: ItemID, failure: String? = nil, into effects: inout [Effect]) {
        guard let index = items.firstIndex(where: { $0.id == item }), items[index].isTranscribed,
            let transcript = items[index].understood,
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
        content[part] = .inputAudio(transcript: transcript)
        items[index].item.body = .message(role: role, content: content)
        if !transcript.isEmpty, dialect.wireType(of: .inputAudioTranscriptionDelta) != nil {
            send(
                .inputAudioTranscriptionDelta(
                    TranscriptionDelta(itemID: item, contentIndex: part, delta: transcript)), into: &effects)
        }
        send(
            .inputAudioTranscriptionCompleted(
                TranscriptionCompleted(
                    itemID: item, contentIndex: part, transcript: transcript,
                    usage: TranscriptionUsage(type: "duration", seconds: Double(items[index].heardMs) / 1000))),
            into: &effects)
    }
}
