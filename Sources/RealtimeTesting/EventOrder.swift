public import RealtimeProtocol

/// The invariants of what a server says, whatever it is told (protocol.md G.2, H): each thing that begins ends once, with
/// all that it opened closed; what is said piece by piece is in the end said whole.
public struct EventOrder: Sendable {
    private var events: Set<EventID> = []
    private var isOpened = false
    private var responses: [ResponseID: OpenResponse] = [:]
    private var done: Set<ResponseID> = []
    private var parts: [ItemID: String] = [:]
    private var arguments: [ItemID: String] = [:]
    private var transcriptions: [ItemID: String] = [:]
    private var transcribed: Set<ItemID> = []
    private var violations: [String] = []

    private struct OpenResponse {
        var isInConversation: Bool
        var items: Set<ItemID> = []
        var whole: [Item] = []
    }

    /// The responses that have begun and not ended.
    public var open: Set<ResponseID> { Set(responses.keys) }
    /// The parts of messages that have begun and not ended, by their items.
    public var openParts: Set<ItemID> { Set(parts.keys) }

    /// Nothing said yet.
    public init() {}

    /// Takes the next event and returns what is wrong with its coming now; nothing, as a rule.
    public mutating func take(_ event: ServerEvent) -> [String] {
        violations = []
        if let id = event.eventID {
            require(events.insert(id).inserted, "two events with one name")
        } else {
            require(event.kind == .inputAudioBufferDTMFEventReceived, "an event without a name")
        }
        require(isOpened || event.kind == .sessionCreated || event.kind == .error, "session.created comes first")
        take(event.body)
        return violations.map { "\(event.kind.rawValue): \($0)" }
    }

    /// Takes the sound of a part, which comes past the model of events.
    public mutating func take(sound: AudioPart) -> [String] {
        violations = []
        if let id = sound.eventID { require(events.insert(id).inserted, "two events with one name") }
        require(parts[sound.item] != nil, "sound of a part that is not open")
        require(responses[sound.response] != nil, "sound of a response that is not open")
        return violations
    }

    /// Where sound belongs.
    public struct AudioPart {
        var eventID: EventID?
        var response: ResponseID
        var item: ItemID

        /// Sound of a part.
        public init(eventID: EventID?, response: ResponseID, item: ItemID) {
            self.eventID = eventID
            self.response = response
            self.item = item
        }
    }

    private mutating func require(_ condition: Bool, _ what: String) { if !condition { violations.append(what) } }

    private mutating func take(_ body: ServerEvent.Body) {
        switch body {
        case .sessionCreated:
            require(!isOpened, "a second one")
            isOpened = true
        case .responseCreated(let event): begin(event.response)
        case .responseDone(let event): finish(event.response)
        case .responseOutputItemAdded(let event):
            require(responses[event.responseID] != nil, "output of a response that is not open")
            responses[event.responseID]?.items.insert(event.item.id ?? "")
        case .responseOutputItemDone(let event): finish(event)
        case .responseContentPartAdded(let event): require(parts.updateValue("", forKey: event.itemID) == nil, "twice")
        case .responseContentPartDone(let event):
            let said = parts.removeValue(forKey: event.itemID)
            let whole =
                switch event.part {
                case .text(let text): text
                case .audio(let transcript): transcript
                }
            require(said == whole, "the deltas said \(said ?? "nothing")")
        case .responseOutputTextDelta(let event), .responseOutputAudioTranscriptDelta(let event):
            require(parts[event.itemID] != nil, "a part that is not open")
            parts[event.itemID]? += event.delta
        case .responseOutputTextDone(let event): require(parts[event.itemID] == event.text, "not what the deltas said")
        case .responseOutputAudioTranscriptDone(let event):
            require(parts[event.itemID] == event.transcript, "not what the deltas said")
        case .responseOutputAudioDelta(let event):
            require(parts[event.itemID] != nil, "sound of a part that is not open")
        case .responseFunctionCallArgumentsDelta(let event): arguments[event.itemID, default: ""] += event.delta
        case .responseFunctionCallArgumentsDone(let event):
            require(arguments[event.itemID, default: ""] == event.arguments, "not what the deltas said")
        case .inputAudioTranscriptionDelta(let event): transcriptions[event.itemID, default: ""] += event.delta
        case .inputAudioTranscriptionCompleted(let event):
            require(transcribed.insert(event.itemID).inserted, "a second end")
            let said = transcriptions[event.itemID, default: ""]
            require(said.isEmpty || said == event.transcript, "not what the deltas said")
        case .inputAudioTranscriptionFailed(let event):
            require(transcribed.insert(event.itemID).inserted, "a second end")
        default: break
        }
    }

    private mutating func begin(_ response: Response) {
        require(responses[response.id] == nil && !done.contains(response.id), "a response begins once")
        let isInConversation = response.conversationID != nil
        require(
            !isInConversation || !responses.values.contains(where: \.isInConversation), "two live responses")
        responses[response.id] = OpenResponse(isInConversation: isInConversation)
    }

    private mutating func finish(_ response: Response) {
        let open = responses.removeValue(forKey: response.id)
        require(open != nil && done.insert(response.id).inserted, "a response ends once")
        require(open?.items.isEmpty == true, "an item is left open")
        require(open?.whole == response.output, "other items than those that were done")
        require((response.usage == nil) == (response.status == .failed), "usage, but of a failed response")
        if let usage = response.usage {
            require(usage.totalTokens == usage.inputTokens + usage.outputTokens, "usage does not add up")
        }
    }

    private mutating func finish(_ event: OutputItemEvent) {
        require(responses[event.responseID]?.items.remove(event.item.id ?? "") != nil, "an item that is not open")
        require(parts[event.item.id ?? ""] == nil, "a part is left open")
        responses[event.responseID]?.whole.append(event.item)
    }
}
