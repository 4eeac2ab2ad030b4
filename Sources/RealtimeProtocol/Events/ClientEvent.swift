/// What a client says (protocol.md B.2).
public struct ClientEvent: Equatable, Sendable {
    /// The client's own name for it, at most 512 characters; an error about it carries it back.
    public var eventID: String?
    /// What it says.
    public var body: Body

    /// An event.
    public init(eventID: String? = nil, _ body: Body) {
        self.eventID = eventID
        self.body = body
    }

    /// What a client can say.
    public enum Body: Equatable, Sendable {
        /// Change the session.
        case sessionUpdate(SessionUpdate)
        /// More audio of the user.
        case inputAudioBufferAppend(InputAudioBufferAppend)
        /// What is buffered is a turn.
        case inputAudioBufferCommit(NoFields)
        /// Forget what is buffered.
        case inputAudioBufferClear(NoFields)
        /// Add an item.
        case conversationItemCreate(ConversationItemCreate)
        /// Show an item, with its audio.
        case conversationItemRetrieve(ItemReference)
        /// The user heard only a part of an answer.
        case conversationItemTruncate(ItemTruncation)
        /// Remove an item.
        case conversationItemDelete(ItemReference)
        /// Answer.
        case responseCreate(ResponseCreate)
        /// Stop answering.
        case responseCancel(ResponseCancel)
        /// Stop playing the answer. Of WebRTC and SIP, where the server plays it.
        case outputAudioBufferClear(NoFields)
        /// More audio for a translation session (protocol.md B.13).
        case sessionInputAudioBufferAppend(InputAudioBufferAppend)
        /// The end of a translation session.
        case sessionClose(NoFields)
    }

    /// The types of client events, in the order in which the service lists them (protocol.md B.12, row 12).
    public enum Kind: String, WireEnum {
        /// Change the session.
        case sessionUpdate = "session.update"
        /// Translation sessions only.
        case sessionClose = "session.close"
        /// More audio of the user.
        case inputAudioBufferAppend = "input_audio_buffer.append"
        /// Translation sessions only.
        case sessionInputAudioBufferAppend = "session.input_audio_buffer.append"
        /// What is buffered is a turn.
        case inputAudioBufferCommit = "input_audio_buffer.commit"
        /// Forget what is buffered.
        case inputAudioBufferClear = "input_audio_buffer.clear"
        /// Add an item.
        case conversationItemCreate = "conversation.item.create"
        /// The user heard only a part of an answer.
        case conversationItemTruncate = "conversation.item.truncate"
        /// Remove an item.
        case conversationItemDelete = "conversation.item.delete"
        /// Show an item, with its audio.
        case conversationItemRetrieve = "conversation.item.retrieve"
        /// Answer.
        case responseCreate = "response.create"
        /// Stop answering.
        case responseCancel = "response.cancel"
        /// The preview's way to change a transcription session.
        case transcriptionSessionUpdate = "transcription_session.update"
        /// WebRTC and SIP only.
        case outputAudioBufferClear = "output_audio_buffer.clear"
    }
}

/// The body of an event that has none.
public struct NoFields: Equatable, Sendable, Codable {
    /// Nothing.
    public init() {}
}

/// The body of `session.update`.
public struct SessionUpdate: Equatable, Sendable, Codable {
    /// What changes.
    public var session: SessionPatch
    /// A change.
    public init(session: SessionPatch) { self.session = session }
}

/// The body of `input_audio_buffer.append`.
public struct InputAudioBufferAppend: Equatable, Sendable, Codable {
    /// Base64 of audio in the session's input format, at most 15 MiB of it.
    public var audio: String
    /// Some audio.
    public init(audio: String) { self.audio = audio }
}

/// The body of `conversation.item.create`.
public struct ConversationItemCreate: Equatable, Sendable, Codable {
    /// The item before it; `root` for the beginning, nothing for the end.
    public var previousItemID: ItemID?
    /// The item.
    public var item: Item
    /// An item at a place.
    public init(previousItemID: ItemID? = nil, item: Item) {
        self.previousItemID = previousItemID
        self.item = item
    }
}

/// The body of events that name an item.
public struct ItemReference: Equatable, Sendable, Codable {
    /// The item.
    public var itemID: ItemID
    /// A reference.
    public init(itemID: ItemID) { self.itemID = itemID }
}

/// The body of `conversation.item.truncate` and `conversation.item.truncated`.
public struct ItemTruncation: Equatable, Sendable, Codable {
    /// The item.
    public var itemID: ItemID
    /// The part; 0.
    public var contentIndex: Int
    /// Milliseconds that were heard.
    public var audioEndMs: Int
    /// A cut.
    public init(itemID: ItemID, contentIndex: Int = 0, audioEndMs: Int) {
        self.itemID = itemID
        self.contentIndex = contentIndex
        self.audioEndMs = audioEndMs
    }
}

/// The body of `response.create`.
public struct ResponseCreate: Equatable, Sendable, Codable {
    /// What differs from the session's settings.
    public var response: ResponseParameters?
    /// A request.
    public init(response: ResponseParameters? = nil) { self.response = response }
}

/// The body of `response.cancel`.
public struct ResponseCancel: Equatable, Sendable, Codable {
    /// Which; the conversation's active one by default.
    public var responseID: ResponseID?
    /// A request.
    public init(responseID: ResponseID? = nil) { self.responseID = responseID }
}
