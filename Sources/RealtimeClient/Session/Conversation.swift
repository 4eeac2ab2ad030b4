import RealtimeProtocol

/// The items of a conversation, in order, as a client knows them from events.
struct Conversation {
    private(set) var items: [Item] = []

    mutating func handle(_ body: ServerEvent.Body) {
        switch body {
        case .conversationItemAdded(let event), .conversationItemDone(let event):
            place(event.item, after: event.previousItemID)
        case .responseOutputItemAdded(let event), .responseOutputItemDone(let event): place(event.item)
        case .conversationItemDeleted(let event): items.removeAll { $0.id == event.itemID }
        case .inputAudioTranscriptionCompleted(let event): setTranscript(event.transcript, of: event.itemID)
        default: break
        }
    }

    private mutating func place(_ item: Item, after previous: ItemID? = nil) {
        guard let id = item.id else { return }
        if let index = items.firstIndex(where: { $0.id == id }) {
            items[index] = item
        } else if let index = items.firstIndex(where: { $0.id == previous && previous != nil }) {
            items.insert(item, at: index + 1)
        } else {
            items.append(item)
        }
    }

    private mutating func setTranscript(_ transcript: String, of id: ItemID) {
        guard let index = items.firstIndex(where: { $0.id == id }),
            case .message(let role, let content) = items[index].body
        else { return }
        let heard = content.map { part in
            if case .inputAudio = part { ContentPart.inputAudio(transcript: transcript) } else { part }
        }
        items[index].body = .message(role: role, content: heard)
    }

    /// The same conversation in words, for a session that has not heard it: audio cannot be said again. Calls without
    /// their output, and messages without words, are left out.
    var inWords: [Item] {
        let answered = Set(
            items.compactMap { item in
                if case .functionCallOutput(let callID, _) = item.body { callID } else { nil }
            })
        return items.compactMap { item in
            switch item.body {
            case .message(let role, let content):
                let words = content.compactMap(\.text).filter { !$0.isEmpty }
                guard !words.isEmpty else { return nil }
                let parts = words.map { role == .assistant ? ContentPart.outputText($0) : .inputText($0) }
                return Item(id: item.id, body: .message(role: role, content: parts))
            case .functionCall(let callID, _, _): return answered.contains(callID) ? item : nil
            case .functionCallOutput: return item
            default: return nil
            }
        }
    }
}
