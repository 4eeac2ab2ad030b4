import RealtimeProtocol
import SpeechEngines

/// What engines make, and how it reaches the client (protocol.md C.3–C.9).
extension Session {
    mutating func handle(_ event: GenerationEvent, of id: ResponseID, into effects: inout [Effect]) {
        if case .sound(let range, _) = event { said.end = max(said.end, range.upperBound) }
        if prepared?.response.id == id { return hold(event, into: &effects) }
        // What comes for a response that has ended, or that has asked for nothing yet, means nothing.
        guard let index = responses.firstIndex(where: { $0.id == id }), !responses[index].isWaiting else { return }
        switch event {
        case .text(let delta): write(delta, in: index, into: &effects)
        case .sound(let range, let clause): say(range, clause, in: index, into: &effects)
        case .call(let step): call(step, in: index, into: &effects)
        case .finished(let reachedLimit, let prompt, let cached, let answer):
            responses[index].promptTokens = prompt
            responses[index].cachedTokens = cached
            responses[index].answerTokens = answer
            finish(id, reachedLimit ? .incomplete(reason: "max_output_tokens") : .completed, into: &effects)
        case .failed("conversation_too_long", _) where canShorten(responses[index]):
            leaveOutOldest()
            generate(index, into: &effects)
        case .failed(let code, let message): finish(id, .failed(code: code, message: message), into: &effects)
        }
    }

    /// Older messages are left out when the conversation no longer fits, unless the client forbids it. What a client
    /// chose for one response is not ours to shorten.
    private func canShorten(_ response: OpenResponse) -> Bool {
        configuration.truncation != .disabled && response.output.isEmpty && response.input == nil
            && items.count { message(for: $0) != nil } > 1
    }

    /// Leaves out the oldest messages, for good: later prompts then begin alike, and the engine can go on with what it
    /// knows. Asked again while the rest is still too long.
    private mutating func leaveOutOldest() {
        let share = if case .retentionRatio(let ratio, _) = configuration.truncation { ratio } else { 0.8 }
        let messages = items.indices.filter { message(for: items[$0]) != nil }
        let left = min(messages.count - 1, max(1, Int(Double(messages.count) * share)))
        for index in messages.dropLast(left) { items[index].isLeftOut = true }
    }

    private mutating func write(_ delta: String, in index: Int, into effects: inout [Effect]) {
        openMessage(in: index, into: &effects)
        responses[index].answerTokens += 1  // until the engine has counted
        changeLastItem(of: index) { $0.append(delta) }
        let part = part(of: index)
        let event = PartDelta(
            responseID: part.responseID, itemID: part.itemID, outputIndex: part.outputIndex,
            contentIndex: part.contentIndex, delta: delta)
        let isSpoken = responses[index].settings.modality == .audio
        send(isSpoken ? .responseOutputAudioTranscriptDelta(event) : .responseOutputTextDelta(event), into: &effects)
    }

    private mutating func say(_ range: Range<Int>, _ clause: String?, in index: Int, into effects: inout [Effect]) {
        openMessage(in: index, into: &effects)
        if responses[index].soundBeganAt == nil { responses[index].soundBeganAt = heard.end }
        let format = responses[index].settings.format
        let sentBefore = responses[index].output.last?.spokenTicks ?? 0
        changeLastItem(of: index) { entry in
            if let clause {
                entry.clauses.append(.init(text: clause, sound: [range]))
            } else if !entry.clauses.isEmpty {
                entry.clauses[entry.clauses.count - 1].append(range)
            }
            entry.audio = [AudioSpan(track: .said, ranges: entry.clauses.flatMap(\.sound), format: format)]
        }
        var start = range.lowerBound
        while start < range.upperBound {
            // 100 ms at first, for somebody waits; then 250 (protocol.md G, row 33).
            let piece = sentBefore + (start - range.lowerBound) < 24_000 ? 2_400 : 6_000
            let end = min(start + piece, range.upperBound)
            effects.append(
                .sendAudio(
                    AudioDelta(
                        eventID: EventID(rawValue: ids.next("event_")), part: part(of: index), range: start..<end,
                        format: format)))
            start = end
        }
        keepWithinLimit(into: &effects)
        // Words and sound count alike (protocol.md A.5, B.9); what has been said of the text is all that it took.
        let sounded = responses[index].soundedTokens
        let most = responses[index].settings.mostTokens
        if sounded >= most {
            responses[index].answerTokens = max(0, most - responses[index].usage.outputTokenDetails.audioTokens)
            finish(responses[index].id, .incomplete(reason: "max_output_tokens"), into: &effects)
        }
    }

    private mutating func call(_ step: FunctionCallStep, in index: Int, into effects: inout [Effect]) {
        switch step {
        case .began(let name):
            closeItem(of: index, .completed, into: &effects)
            let callID = CallID(rawValue: ids.next("call_"))
            open(.functionCall(callID: callID, name: name, arguments: ""), in: index, into: &effects)
            responses[index].open = .call
        case .arguments(let more):
            guard responses[index].open == .call, !more.isEmpty,
                case .functionCall(let callID, let name, let arguments)? = responses[index].output.last?.item.body
            else { return }
            changeLastItem(of: index) {
                $0.item.body = .functionCall(callID: callID, name: name, arguments: arguments + more)
            }
            let part = part(of: index)
            send(
                .responseFunctionCallArgumentsDelta(
                    ArgumentsDelta(
                        responseID: part.responseID, itemID: part.itemID, outputIndex: part.outputIndex,
                        callID: callID, delta: more)), into: &effects)
        case .ended: closeItem(of: index, .completed, into: &effects)
        }
    }

    // MARK: Items of a response

    private mutating func openMessage(in index: Int, into effects: inout [Effect]) {
        guard responses[index].open != .message else { return }
        closeItem(of: index, .completed, into: &effects)
        open(.message(role: .assistant, content: []), in: index, into: &effects)
        responses[index].open = .message
        let isSpoken = responses[index].settings.modality == .audio
        changeLastItem(of: index) { entry in
            entry.item.body = .message(
                role: .assistant, content: [isSpoken ? .outputAudio(transcript: "") : .outputText("")])
        }
        send(.responseContentPartAdded(partEvent(of: index)), into: &effects)
    }

    /// Closes the item that is open, if one is, telling all of what it holds.
    mutating func closeItem(of index: Int, _ status: Item.Status, into effects: inout [Effect]) {
        let open = responses[index].open
        guard open != .none, let entry = responses[index].output.last else { return }
        responses[index].open = .none
        changeLastItem(of: index) { $0.item.status = status }
        let part = part(of: index)
        if case .functionCall(let callID, let name, let arguments) = entry.item.body {
            send(
                .responseFunctionCallArgumentsDone(
                    ArgumentsDone(
                        responseID: part.responseID, itemID: part.itemID, outputIndex: part.outputIndex,
                        callID: callID, name: name, arguments: arguments)), into: &effects)
            return sendItemDone(of: index, into: &effects)
        }
        let text = entry.text
        if responses[index].settings.modality == .audio {
            send(.responseOutputAudioDone(part), into: &effects)
            send(
                .responseOutputAudioTranscriptDone(
                    PartTranscript(
                        responseID: part.responseID, itemID: part.itemID, outputIndex: part.outputIndex,
                        contentIndex: part.contentIndex, transcript: text)), into: &effects)
        } else {
            send(
                .responseOutputTextDone(
                    PartText(
                        responseID: part.responseID, itemID: part.itemID, outputIndex: part.outputIndex,
                        contentIndex: part.contentIndex, text: text)), into: &effects)
        }
        send(.responseContentPartDone(partEvent(of: index)), into: &effects)
        sendItemDone(of: index, into: &effects)
    }

    private mutating func open(_ body: Item.Body, in index: Int, into effects: inout [Effect]) {
        let item = Item(id: ItemID(rawValue: ids.next("item_")), status: .inProgress, body: body)
        let entry = Entry(item: item)
        responses[index].output.append(entry)
        let place = responses[index].output.count - 1
        send(
            .responseOutputItemAdded(
                OutputItemEvent(responseID: responses[index].id, outputIndex: place, item: item)), into: &effects)
        if responses[index].isInConversation { insert(entry, at: items.count, into: &effects) }
    }

    private mutating func sendItemDone(of index: Int, into effects: inout [Effect]) {
        guard let entry = responses[index].output.last else { return }
        if let place = items.firstIndex(where: { $0.id == entry.id }) {
            sendDone(
                ItemEvent(previousItemID: place > 0 ? items[place - 1].id : nil, item: entry.item), into: &effects)
        }
        let place = responses[index].output.count - 1
        send(
            .responseOutputItemDone(
                OutputItemEvent(responseID: responses[index].id, outputIndex: place, item: entry.item)),
            into: &effects)
    }

    /// The response's item and the conversation's are one, as long as the client has not deleted it.
    private mutating func changeLastItem(of index: Int, _ change: (inout Entry) -> Void) {
        let last = responses[index].output.count - 1
        guard last >= 0 else { return }
        change(&responses[index].output[last])
        let entry = responses[index].output[last]
        guard responses[index].isInConversation else { return }
        guard let place = items.lastIndex(where: { $0.id == entry.id }) else { return }
        if items[place].isCut {
            items[place].item.status = entry.item.status  // what was not heard stays out
        } else {
            items[place] = entry
        }
    }

    private func part(of index: Int) -> PartEnd {
        let response = responses[index]
        return PartEnd(
            responseID: response.id, itemID: response.output.last?.id ?? "", outputIndex: response.output.count - 1,
            contentIndex: 0)
    }

    private func partEvent(of index: Int) -> ContentPartEvent {
        let part = part(of: index)
        let text = responses[index].output.last?.text ?? ""
        return ContentPartEvent(
            responseID: part.responseID, itemID: part.itemID, outputIndex: part.outputIndex,
            contentIndex: part.contentIndex,
            part: responses[index].settings.modality == .audio ? .audio(transcript: text) : .text(text))
    }
}

extension Entry {
    /// What a message says in all.
    var text: String {
        guard case .message(_, let content) = item.body else { return "" }
        return content.compactMap(\.text).joined()
    }

    fileprivate mutating func append(_ delta: String) {
        guard case .message(let role, let content) = item.body else { return }
        switch content.last {
        case .outputText(let text): item.body = .message(role: role, content: [.outputText(text + delta)])
        case .outputAudio(let transcript, _):
            item.body = .message(role: role, content: [.outputAudio(transcript: (transcript ?? "") + delta)])
        default: break
        }
    }
}
