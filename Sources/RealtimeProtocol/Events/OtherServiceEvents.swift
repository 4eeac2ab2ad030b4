// Events of what this server does not offer itself: telephony, MCP servers, translation, speakers told apart. The library
// knows them, so that a client of another service can read them.

/// The body of `conversation.created`.
public struct ConversationCreated: Equatable, Sendable, Codable {
    /// The conversation.
    public var conversation: Conversation

    /// A conversation, as that event shows it.
    public struct Conversation: Equatable, Sendable, Codable {
        /// Its name.
        public var id: String?
        /// `realtime.conversation`
        public var object: String?

        /// All fields.
        public init(id: String?, object: String? = "realtime.conversation") {
            self.id = id
            self.object = object
        }
    }

    /// All fields.
    public init(conversation: Conversation) {
        self.conversation = conversation
    }
}

/// The body of `conversation.item.input_audio_transcription.segment`.
public struct TranscriptionSegment: Equatable, Sendable, Codable {
    /// The item.
    public var itemID: ItemID
    /// The part; 0.
    public var contentIndex: Int
    /// The segment's name.
    public var id: String
    /// Who spoke.
    public var speaker: String
    /// What was said.
    public var text: String
    /// Seconds from the item's start to the first word.
    public var start: Double
    /// Seconds from the item's start to the end.
    public var end: Double

    /// All fields.
    public init(
        itemID: ItemID, contentIndex: Int, id: String, speaker: String, text: String, start: Double, end: Double
    ) {
        self.itemID = itemID
        self.contentIndex = contentIndex
        self.id = id
        self.speaker = speaker
        self.text = text
        self.start = start
        self.end = end
    }
}

/// The body of `input_audio_buffer.dtmf_event_received`.
public struct DTMFEventReceived: Equatable, Sendable, Codable {
    /// `0`–`9`, `*`, `#` or `A`–`D`.
    public var event: String
    /// Unix seconds.
    public var receivedAt: Int

    /// All fields.
    public init(event: String, receivedAt: Int) {
        self.event = event
        self.receivedAt = receivedAt
    }
}

/// The body of events that name a response.
public struct ResponseReference: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID

    /// All fields.
    public init(responseID: ResponseID) {
        self.responseID = responseID
    }
}

/// The body of `response.mcp_call_arguments.delta`.
public struct MCPArgumentsDelta: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// More of the JSON text.
    public var delta: String

    /// All fields.
    public init(responseID: ResponseID, itemID: ItemID, outputIndex: Int, delta: String) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.delta = delta
    }
}

/// The body of `response.mcp_call_arguments.done`.
public struct MCPArgumentsDone: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// All of the JSON text.
    public var arguments: String

    /// All fields.
    public init(responseID: ResponseID, itemID: ItemID, outputIndex: Int, arguments: String) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.arguments = arguments
    }
}

/// The body of `response.mcp_call.*`.
public struct MCPCallEvent: Equatable, Sendable, Codable {
    /// The item's place in the response.
    public var outputIndex: Int
    /// The item.
    public var itemID: ItemID

    /// All fields.
    public init(outputIndex: Int, itemID: ItemID) {
        self.outputIndex = outputIndex
        self.itemID = itemID
    }
}

/// The body of a translation session's transcript deltas.
public struct TranslationTextDelta: Equatable, Sendable, Codable {
    /// More of the words.
    public var delta: String
    /// Milliseconds of audio they stand for.
    public var elapsedMs: Int?

    /// All fields.
    public init(delta: String, elapsedMs: Int? = nil) {
        self.delta = delta
        self.elapsedMs = elapsedMs
    }
}

/// The body of a translation session's audio deltas.
public struct TranslationAudioDelta: Equatable, Sendable, Codable {
    /// Base64 of audio.
    public var delta: String
    /// Samples per second.
    public var sampleRate: Int?
    /// 1.
    public var channels: Int?
    /// `pcm16`
    public var format: String?
    /// Milliseconds of audio it stands for.
    public var elapsedMs: Int?

    /// All fields.
    public init(
        delta: String, sampleRate: Int? = nil, channels: Int? = nil, format: String? = nil, elapsedMs: Int? = nil
    ) {
        self.delta = delta
        self.sampleRate = sampleRate
        self.channels = channels
        self.format = format
        self.elapsedMs = elapsedMs
    }
}
