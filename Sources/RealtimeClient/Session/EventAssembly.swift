import RealtimeProtocol

/// Makes items and responses of events: the rules of a session, with no task and no clock.
///
/// What is open is kept here so that it can grow; whoever asked for it holds the rest. Services differ in what they
/// announce, so a piece of something that was never announced announces it.
struct EventAssembly {
    /// What an event came to.
    enum Happening {
        /// The user began to speak.
        case inputStarted(InputAudioItem)
        /// Buffered audio became an item.
        case inputCommitted(InputAudioItem)
        /// A response began.
        case responseStarted(RealtimeResponse)
        /// A response ended.
        case responseDone(RealtimeResponse?, Response)
        /// Anything else.
        case event(ServerEvent.Body)
    }

    /// Stops a response, by its name.
    let cancelling: @Sendable (ResponseID) async throws -> Void
    /// The session as the service last described it.
    private(set) var configuration: SessionConfiguration?
    private(set) var conversation = Conversation()
    /// What of the last spoken answer has arrived: its item and milliseconds of audio.
    private(set) var lastSpoken: (item: ItemID, contentIndex: Int, receivedMs: Int)?

    /// What the user said that is not whole yet.
    var openInputs: [InputAudioItem] { inputs.values.map(\.item) }

    private var inputs: [ItemID: OpenInput] = [:]
    private var responses: [ResponseID: OpenResponse] = [:]
    private var spokenBytes = 0

    private struct OpenInput {
        var item: InputAudioItem
        var endMs: Int?
    }

    private struct OpenResponse {
        var response: RealtimeResponse
        var messages: [ItemID: MessageItem] = [:]
        var calls: [ItemID: FunctionCallItem] = [:]
        var audios: [Part: AudioContent] = [:]
        var texts: [Part: TextContent] = [:]
        var others: Set<ItemID> = []
    }

    private struct Part: Hashable {
        var item: ItemID
        var index: Int
    }

    init(cancelling: @escaping @Sendable (ResponseID) async throws -> Void) { self.cancelling = cancelling }

    mutating func handle(_ body: ServerEvent.Body) -> Happening {
        conversation.handle(body)
        switch body {
        case .sessionCreated(let event), .sessionUpdated(let event): configuration = event.session
        case .inputAudioBufferSpeechStarted(let event):
            let item = InputAudioItem(id: event.itemID, audioStartMs: event.audioStartMs)
            inputs[event.itemID] = OpenInput(item: item)
            return .inputStarted(item)
        case .inputAudioBufferSpeechStopped(let event): inputs[event.itemID]?.endMs = event.audioEndMs
        case .inputAudioBufferCommitted(let event): return .inputCommitted(commit(event.itemID))
        case .inputAudioTranscriptionDelta(let event):
            inputs[event.itemID]?.item.transcriptChunks.append(event.delta)
        case .inputAudioTranscriptionCompleted(let event): finish(input: event.itemID, transcript: event.transcript)
        case .inputAudioTranscriptionFailed(let event):
            finish(
                input: event.itemID,
                failure: ClientError(.serverError, "The transcription failed: \(event.error.message)"))
        case .responseCreated(let event): return .responseStarted(begin(event.response))
        case .responseDone(let event): return .responseDone(finish(event.response), event.response)
        default: handlePiece(body)
        }
        return .event(body)
    }

    /// Ends everything that is open.
    mutating func finishAll(throwing error: any Error) {
        for input in inputs.values {
            input.item.transcriptChunks.finish(throwing: error)
            input.item.outcome.finish(throwing: error)
        }
        for open in responses.values { finish(open, throwing: error) }
        inputs = [:]
        responses = [:]
    }

    // MARK: What the user says

    private mutating func commit(_ id: ItemID) -> InputAudioItem {
        let item = inputs[id]?.item ?? InputAudioItem(id: id, audioStartMs: nil)
        if inputs[id] == nil { inputs[id] = OpenInput(item: item) }
        if configuration?.audio.input.transcription == nil { finish(input: id, transcript: nil) }
        return item
    }

    private mutating func finish(input id: ItemID, transcript: String?) {
        guard let open = inputs.removeValue(forKey: id) else { return }
        if let transcript, open.item.transcriptChunks.isEmpty, !transcript.isEmpty {
            open.item.transcriptChunks.append(transcript)
        }
        open.item.transcriptChunks.finish()
        open.item.outcome.append(InputAudioItem.Outcome(audioEndMs: open.endMs, transcript: transcript))
        open.item.outcome.finish()
    }

    private mutating func finish(input id: ItemID, failure: ClientError) {
        guard let open = inputs.removeValue(forKey: id) else { return }
        open.item.transcriptChunks.finish(throwing: failure)
        open.item.outcome.finish(throwing: failure)
    }

    // MARK: What the model says

    private mutating func begin(_ response: Response) -> RealtimeResponse {
        let begun = RealtimeResponse(response) { [cancelling] in try await cancelling(response.id) }
        responses[response.id] = OpenResponse(response: begun)
        return begun
    }

    private mutating func finish(_ response: Response) -> RealtimeResponse? {
        guard let open = responses.removeValue(forKey: response.id) else { return nil }
        finish(open)
        open.response.done.append(response)
        open.response.done.finish()
        return open.response
    }

    private func finish(_ open: OpenResponse, throwing error: (any Error)? = nil) {
        for audio in open.audios.values {
            audio.audioChunks.finish(throwing: error)
            audio.transcriptChunks.finish(throwing: error)
        }
        for text in open.texts.values { text.textChunks.finish(throwing: error) }
        for message in open.messages.values { message.contents.finish(throwing: error) }
        for call in open.calls.values { call.argumentChunks.finish(throwing: error) }
        open.response.items.finish(throwing: error)
        if let error {
            open.response.done.finish(throwing: error)
            open.response.following.finish(throwing: error)
        }
    }

    private mutating func handlePiece(_ body: ServerEvent.Body) {
        switch body {
        case .responseOutputItemAdded(let event): add(event.item, to: event.responseID)
        case .responseOutputItemDone(let event):
            add(event.item, to: event.responseID)
            guard let id = event.item.id, let open = responses[event.responseID] else { return }
            open.messages[id]?.contents.finish()
            if case .functionCall(_, _, let arguments) = event.item.body, let call = open.calls[id] {
                finish(call, arguments: arguments)
            }
        case .responseContentPartAdded(let event):
            switch event.part {
            case .audio: _ = audio(event.responseID, event.itemID, event.contentIndex)
            case .text: _ = text(event.responseID, event.itemID, event.contentIndex)
            }
        case .responseContentPartDone(let event):
            switch event.part {
            case .audio(let transcript):
                guard let audio = audio(event.responseID, event.itemID, event.contentIndex) else { return }
                finish(audio.transcriptChunks, whole: transcript)
                audio.audioChunks.finish()
            case .text(let whole):
                guard let text = text(event.responseID, event.itemID, event.contentIndex) else { return }
                finish(text.textChunks, whole: whole)
            }
        case .responseOutputAudioDelta(let event):
            guard let bytes = Base64.decode(event.delta.utf8) else { return }
            audio(event.responseID, event.itemID, event.contentIndex)?.audioChunks.append(bytes)
            spoke(bytes.count, event.itemID, event.contentIndex)
        case .responseOutputAudioDone(let event):
            audio(event.responseID, event.itemID, event.contentIndex)?.audioChunks.finish()
        case .responseOutputAudioTranscriptDelta(let event):
            audio(event.responseID, event.itemID, event.contentIndex)?.transcriptChunks.append(event.delta)
        case .responseOutputAudioTranscriptDone(let event):
            guard let audio = audio(event.responseID, event.itemID, event.contentIndex) else { return }
            finish(audio.transcriptChunks, whole: event.transcript)
        case .responseOutputTextDelta(let event):
            text(event.responseID, event.itemID, event.contentIndex)?.textChunks.append(event.delta)
        case .responseOutputTextDone(let event):
            guard let text = text(event.responseID, event.itemID, event.contentIndex) else { return }
            finish(text.textChunks, whole: event.text)
        case .responseFunctionCallArgumentsDelta(let event):
            call(event.responseID, event.itemID, event.callID, name: "")?.argumentChunks.append(event.delta)
        case .responseFunctionCallArgumentsDone(let event):
            guard let call = call(event.responseID, event.itemID, event.callID, name: event.name) else { return }
            finish(call, arguments: event.arguments)
        default: break
        }
    }

    /// A service that sent no deltas has said it all at the end.
    private func finish(_ chunks: Chunks<String>, whole: String) {
        if chunks.isEmpty, !whole.isEmpty { chunks.append(whole) }
        chunks.finish()
    }

    private func finish(_ call: FunctionCallItem, arguments: String) {
        finish(call.argumentChunks, whole: arguments)
    }

    private mutating func add(_ item: Item, to response: ResponseID) {
        guard let id = item.id, let open = responses[response] else { return }
        switch item.body {
        case .message: _ = message(response, id)
        case .functionCall(let callID, let name, _): _ = call(response, id, callID, name: name)
        default:
            guard responses[response]?.others.insert(id).inserted == true else { return }
            open.response.items.append(.other(item))
        }
    }

    private mutating func message(_ response: ResponseID, _ id: ItemID) -> MessageItem? {
        guard let open = responses[response] else { return nil }
        if let message = open.messages[id] { return message }
        let message = MessageItem(id: id)
        responses[response]?.messages[id] = message
        open.response.items.append(.message(message))
        return message
    }

    private mutating func call(
        _ response: ResponseID, _ id: ItemID, _ callID: CallID, name: String
    ) -> FunctionCallItem? {
        guard let open = responses[response] else { return nil }
        if let call = open.calls[id] { return call }
        let call = FunctionCallItem(id: id, name: name, callID: callID)
        responses[response]?.calls[id] = call
        open.response.items.append(.functionCall(call))
        return call
    }

    private mutating func audio(_ response: ResponseID, _ item: ItemID, _ index: Int) -> AudioContent? {
        let part = Part(item: item, index: index)
        if let audio = responses[response]?.audios[part] { return audio }
        guard let message = message(response, item) else { return nil }
        let audio = AudioContent(itemID: item, contentIndex: index)
        responses[response]?.audios[part] = audio
        message.contents.append(.audio(audio))
        return audio
    }

    private mutating func text(_ response: ResponseID, _ item: ItemID, _ index: Int) -> TextContent? {
        let part = Part(item: item, index: index)
        if let text = responses[response]?.texts[part] { return text }
        guard let message = message(response, item) else { return nil }
        let text = TextContent(itemID: item, contentIndex: index)
        responses[response]?.texts[part] = text
        message.contents.append(.text(text))
        return text
    }

    private mutating func spoke(_ bytes: Int, _ item: ItemID, _ index: Int) {
        if lastSpoken?.item != item { spokenBytes = 0 }
        spokenBytes += bytes
        let format = configuration?.audio.output.format ?? .pcm
        lastSpoken = (item, index, spokenBytes / format.bytesPerSample * 1000 / format.sampleRate)
    }
}
