import AudioDSP
import RealtimeProtocol
import SpeechEngines

/// The items and what a client does with them (protocol.md B.8, C.14).
extension Session {
    mutating func create(_ request: ConversationItemCreate, into effects: inout [Effect]) throws(RealtimeError) {
        var item = request.item
        if item.status == .inProgress { item.status = .completed }  // nobody will make the rest of it
        if let id = item.id {
            guard id.rawValue.count <= 32 else { throw .tooLong("item.id", id.rawValue.count, most: 32) }
            guard !items.contains(where: { $0.id == id }), active?.output.contains(where: { $0.id == id }) != true
            else {
                throw .invalidRequest(
                    "Error adding item: an item with id '\(id)' already exists.", code: "item_create_duplicate_item_id",
                    param: "item.id")
            }
        }
        if item.isOfMCP {
            throw .unsupported(
                "An item of MCP", "Tools of MCP servers are called by the client, as functions.", param: "item.type")
        }
        let place = try place(after: request.previousItemID)
        if case .functionCallOutput(let callID, _) = item.body, dialect.name == .ga,
            !items.contains(where: { $0.callID == callID })
        {
            throw .invalidRequest(
                "Tool call ID '\(callID)' not found in conversation.", code: "invalid_tool_call_id")
        }
        let clips = try clips(in: item, at: "item")
        if item.id == nil || item.id?.rawValue.isEmpty == true { item.id = ItemID(rawValue: ids.next("item_")) }
        if case .functionCall("", let name, let arguments) = item.body {
            item.body = .functionCall(
                callID: CallID(rawValue: ids.next("call_")), name: name, arguments: arguments)
        }
        insert(entry(for: item, clips, into: &effects), at: place, into: &effects)
    }

    private func place(after previous: ItemID?) throws(RealtimeError) -> Int {
        guard let previous, !previous.rawValue.isEmpty else { return items.count }
        if previous == "root" { return 0 }
        guard let index = items.firstIndex(where: { $0.id == previous }) else {
            throw .invalidRequest(
                "Error adding item: the previous item with id '\(previous)' does not exist.",
                code: "item_create_invalid_previous_item_id")
        }
        return index + 1
    }

    /// What a client gives one response instead of the conversation: references, which stay such, and items of its own.
    func check(_ input: [InputItem]) throws(RealtimeError) {
        for (index, input) in input.enumerated() {
            switch input {
            case .reference(let id):
                guard !items.contains(where: { $0.id == id }) else { continue }
                throw .invalidRequest(
                    "Item with id '\(id)' does not exist in the conversation.", code: "invalid_value",
                    param: "response.input[\(index)].id")
            case .item(let item): _ = try clips(in: item, at: "response.input[\(index)]")
            }
        }
    }

    /// The entries for an input that has been checked. Speech in it is to be understood first.
    mutating func entries(
        for input: [InputItem], into effects: inout [Effect]
    ) -> [Entry] {
        input.map { input in
            switch input {
            case .reference(let id): return Entry(item: Item(id: id, body: .message(role: .user, content: [])))
            case .item(var item):
                // A name of its own, so that it is no item of the conversation.
                item.id = ItemID(rawValue: ids.next("item_"))
                var entry = entry(for: item, (try? clips(in: item, at: "")) ?? [], into: &effects)
                if let recognition = recognition(of: &entry) { effects.append(.recognize(recognition)) }
                return entry
            }
        }
    }

    /// The audio in an item's parts: base64 and its length in ticks.
    private func clips(
        in item: Item, at path: String
    ) throws(RealtimeError) -> [(part: Int, base64: String, ticks: Int)] {
        guard case .message(.user, let content) = item.body else { return [] }
        let format = configuration.audio.input.format
        var clips: [(part: Int, base64: String, ticks: Int)] = []
        for (index, part) in content.enumerated() {
            guard case .inputAudio(_, let base64?) = part else { continue }
            let bytes = Base64.decode(base64.utf8)
            guard let bytes, !bytes.isEmpty else {
                throw .invalidAudio("\(path).content[\(index)].audio", isEmpty: bytes != nil, format: format)
            }
            clips.append((index, base64, bytes.count / format.bytesPerSample * (24_000 / format.sampleRate)))
        }
        return clips
    }

    /// An item as the conversation keeps it: without audio, but knowing where it is.
    private mutating func entry(
        for item: Item, _ clips: [(part: Int, base64: String, ticks: Int)], into effects: inout [Effect]
    ) -> Entry {
        guard case .message(let role, let content) = item.body else { return Entry(item: item) }
        let format = configuration.audio.input.format
        let bare = content.map { part in
            switch part {
            case .inputAudio(let transcript, _): ContentPart.inputAudio(transcript: transcript)
            case .outputAudio(let transcript, _): ContentPart.outputAudio(transcript: transcript)
            default: part
            }
        }
        var entry = Entry(item: Item(id: item.id, status: item.status, body: .message(role: role, content: bare)))
        entry.audio = Array(repeating: nil, count: content.count)
        for clip in clips {
            let range = given.end..<given.end + clip.ticks
            given.end = range.upperBound
            entry.audio[clip.part] = AudioSpan(track: .given, ranges: [range], format: format)
            effects.append(.keep(base64: clip.base64, format: format))
        }
        keepWithinLimit(into: &effects)
        return entry
    }

    /// The one place where an item enters the conversation.
    mutating func insert(_ entry: Entry, at index: Int, into effects: inout [Effect]) {
        items.insert(entry, at: index)
        let event = ItemEvent(previousItemID: index > 0 ? items[index - 1].id : nil, item: entry.item)
        send(.conversationItemAdded(event), into: &effects)
        guard entry.item.status != .inProgress else { return }
        sendDone(event, into: &effects)
        var entry = entry
        if let recognition = recognition(of: &entry) {
            entry.isTranscribed = configuration.audio.input.transcription != nil
            items[index] = entry
            effects.append(.recognize(recognition))
        }
    }

    /// The wish to understand what was given within an item, if there is speech in it of unknown meaning.
    private mutating func recognition(of entry: inout Entry) -> Recognition? {
        let spans = entry.audio.compactMap { $0 }.filter { $0.track == .given }
        guard let span = spans.first, entry.understood != nil, entry.needsUnderstanding else { return nil }
        entry.understood = nil
        entry.attempt = nextAttempt()
        let whole = AudioSpan(track: .given, ranges: spans.flatMap(\.ranges), format: span.format)
        return Recognition(item: entry.id, attempt: entry.attempt, audio: whole, isFinal: true)
    }

    /// The preview has no such event, and an event that is not sent has no name.
    mutating func sendDone(_ event: ItemEvent, into effects: inout [Effect]) {
        guard dialect.wireType(of: .conversationItemDone) != nil else { return }
        send(.conversationItemDone(event), into: &effects)
    }

    mutating func retrieve(_ id: ItemID, into effects: inout [Effect]) throws(RealtimeError) {
        guard let entry = items.first(where: { $0.id == id }) else {
            throw .invalidRequest(
                "Error retrieving item: the item with id '\(id)' does not exist.", code: "item_retrieve_invalid_item_id"
            )
        }
        let audio = entry.audio.map { span in span.flatMap { isKept($0) ? $0 : nil } }
        effects.append(.sendItem(EventID(rawValue: ids.next("event_")), entry.item, audio: audio))
    }

    private func isKept(_ span: AudioSpan) -> Bool {
        let kept =
            switch span.track {
            case .heard: heard.kept
            case .said: said.kept
            case .given: given.kept
            }
        return span.ranges.allSatisfy { $0.lowerBound >= kept }
    }

    mutating func delete(_ id: ItemID, into effects: inout [Effect]) throws(RealtimeError) {
        guard let index = items.firstIndex(where: { $0.id == id }) else {
            throw .invalidRequest(
                "Error deleting item: the item with id '\(id)' does not exist.", code: "item_delete_invalid_item_id")
        }
        items.remove(at: index)
        send(.conversationItemDeleted(ItemReference(itemID: id)), into: &effects)
        startWaiting(into: &effects)
    }

    /// Cuts an answer to what was heard: its sound, and the words that had been said by then (protocol.md C.10).
    mutating func truncate(_ cut: ItemTruncation, into effects: inout [Effect]) throws(RealtimeError) {
        guard let index = items.firstIndex(where: { $0.id == cut.itemID }) else {
            throw .invalidRequest(
                "Error truncating item: the item with id '\(cut.itemID)' does not exist.",
                code: "item_truncate_invalid_item_id")
        }
        guard case .message(.assistant, let content) = items[index].item.body,
            content.contains(where: { if case .outputAudio = $0 { true } else { false } })
                || items[index].spokenTicks > 0
        else { throw .invalidRequest("Only model output audio messages can be truncated", code: nil) }
        guard cut.audioEndMs >= 0 else { throw .outOfRange("audio_end_ms", cut.audioEndMs, 0...Int.max) }
        let saidMs = items[index].spokenTicks / 24
        // A client's clock may be a little ahead (protocol.md G, row 19).
        guard cut.audioEndMs <= saidMs + 500 else {
            throw .invalidRequest(
                "Audio content of \(saidMs)ms is already shorter than \(cut.audioEndMs)ms", code: "invalid_value")
        }
        items[index].cut(to: cut.audioEndMs * 24, showsHeardWords: rules.showsHeardWords)
        turn.quietSince = turn.quietSince.map { min($0, heard.end) }  // nobody plays it any more
        send(.conversationItemTruncated(cut), into: &effects)
    }
}

extension Item {
    fileprivate var isOfMCP: Bool {
        switch body {
        case .mcpListTools, .mcpCall, .mcpApprovalRequest, .mcpApprovalResponse: true
        case .message, .functionCall, .functionCallOutput: false
        }
    }
}

extension Entry {
    var callID: CallID? { if case .functionCall(let callID, _, _) = item.body { callID } else { nil } }

    /// Whether there is speech in it of which the client did not say what it means.
    var needsUnderstanding: Bool {
        guard case .message(_, let content) = item.body else { return false }
        return content.contains { if case .inputAudio(nil, _) = $0 { true } else { false } }
    }

    /// Keeps the words whose end lies before `end`, counted in ticks of this item's sound. Within a clause words are
    /// placed by their letters.
    mutating func cut(to end: Int, showsHeardWords: Bool) {
        guard case .message(let role, _) = item.body else { return }
        // A whole answer that was heard whole stays as it is; of a broken one, the words that never sounded go.
        guard end < spokenTicks || item.status != .completed else { return }
        isCut = true
        var kept: [Clause] = []
        var position = 0
        for clause in clauses {
            guard position < end else { break }
            let share = min(1, Double(end - position) / Double(max(1, clause.ticks)))
            kept.append(clause.cut(share: share, ticks: end - position))
            position += clause.ticks
        }
        clauses = kept
        let text = String(kept.map(\.text).joined().drop { $0.isWhitespace })
        item.body = .message(role: role, content: [.outputAudio(transcript: showsHeardWords ? text : "")])
        heardWords = showsHeardWords ? nil : text
        if let format = audio.first??.format {
            audio = [AudioSpan(track: .said, ranges: kept.flatMap(\.sound), format: format)]
        }
    }
}

extension Entry.Clause {
    fileprivate func cut(share: Double, ticks: Int) -> Entry.Clause {
        guard share < 1 else { return self }
        let letters = Int(Double(text.count) * share)
        var words: [Substring] = []
        var length = -1
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            length += word.count + 1
            guard length <= letters else { break }
            words.append(word)
        }
        var left = ticks
        let sound = sound.compactMap { range -> Range<Int>? in
            let part = range.prefix(max(0, left))
            left -= range.count
            return part.isEmpty ? nil : range.lowerBound..<range.lowerBound + part.count
        }
        return Entry.Clause(text: words.joined(separator: " "), sound: sound)
    }
}
