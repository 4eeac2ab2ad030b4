/// The body of `error`.
public struct ErrorEvent: Equatable, Sendable, Codable {
    /// What was wrong.
    public var error: RealtimeError

    /// All fields.
    public init(error: RealtimeError) {
        self.error = error
    }
}

/// The body of `session.created` and `session.updated`.
public struct SessionEvent: Equatable, Sendable, Codable {
    /// The whole session.
    public var session: SessionConfiguration

    /// All fields.
    public init(session: SessionConfiguration) {
        self.session = session
    }
}

/// The body of `conversation.item.added` and `.done`.
public struct ItemEvent: Equatable, Sendable, Codable {
    /// The item before it; `nil` for the first.
    @Explicit public var previousItemID: ItemID?
    /// The item, without audio.
    public var item: Item

    /// All fields.
    public init(previousItemID: ItemID?, item: Item) {
        self.previousItemID = previousItemID
        self.item = item
    }
}

/// The body of `conversation.item.retrieved`.
public struct ItemRetrieved: Equatable, Sendable, Codable {
    /// The item, with its audio while it is kept.
    public var item: Item

    /// All fields.
    public init(item: Item) {
        self.item = item
    }
}

/// The body of `input_audio_buffer.committed`.
public struct InputAudioBufferCommitted: Equatable, Sendable, Codable {
    /// The item before it; `nil` for the first.
    @Explicit public var previousItemID: ItemID?
    /// The item that will be.
    public var itemID: ItemID

    /// All fields.
    public init(previousItemID: ItemID?, itemID: ItemID) {
        self.previousItemID = previousItemID
        self.itemID = itemID
    }
}

/// The body of `input_audio_buffer.speech_started`.
public struct SpeechStarted: Equatable, Sendable, Codable {
    /// Where the turn starts, in milliseconds of all audio ever appended.
    public var audioStartMs: Int
    /// The item that will be.
    public var itemID: ItemID

    /// All fields.
    public init(audioStartMs: Int, itemID: ItemID) {
        self.audioStartMs = audioStartMs
        self.itemID = itemID
    }
}

/// The body of `input_audio_buffer.speech_stopped`.
public struct SpeechStopped: Equatable, Sendable, Codable {
    /// Where the turn ends, in milliseconds of all audio ever appended.
    public var audioEndMs: Int
    /// The item that will be.
    public var itemID: ItemID

    /// All fields.
    public init(audioEndMs: Int, itemID: ItemID) {
        self.audioEndMs = audioEndMs
        self.itemID = itemID
    }
}

/// The body of `input_audio_buffer.timeout_triggered`.
public struct TimeoutTriggered: Equatable, Sendable, Codable {
    /// Where the silence starts: the end of the last answer, in milliseconds of all audio ever appended.
    public var audioStartMs: Int
    /// Where it ends.
    public var audioEndMs: Int
    /// The item that will be.
    public var itemID: ItemID

    /// All fields.
    public init(audioStartMs: Int, audioEndMs: Int, itemID: ItemID) {
        self.audioStartMs = audioStartMs
        self.audioEndMs = audioEndMs
        self.itemID = itemID
    }
}

/// The body of `conversation.item.input_audio_transcription.delta`.
public struct TranscriptionDelta: Equatable, Sendable, Codable {
    /// The item.
    public var itemID: ItemID
    /// The part; 0.
    public var contentIndex: Int
    /// More of the words.
    public var delta: String

    /// All fields.
    public init(itemID: ItemID, contentIndex: Int, delta: String) {
        self.itemID = itemID
        self.contentIndex = contentIndex
        self.delta = delta
    }
}

/// The body of `conversation.item.input_audio_transcription.completed`.
public struct TranscriptionCompleted: Equatable, Sendable, Codable {
    /// The item.
    public var itemID: ItemID
    /// The part; 0.
    public var contentIndex: Int
    /// All of the words; empty when none were understood.
    public var transcript: String
    /// What it took.
    public var usage: TranscriptionUsage

    /// All fields.
    public init(itemID: ItemID, contentIndex: Int, transcript: String, usage: TranscriptionUsage) {
        self.itemID = itemID
        self.contentIndex = contentIndex
        self.transcript = transcript
        self.usage = usage
    }
}

/// What a transcription took (protocol.md B.11).
public struct TranscriptionUsage: Equatable, Sendable, Codable {
    /// `duration`
    public var type: String
    /// Seconds of audio.
    public var seconds: Double

    /// All fields.
    public init(type: String, seconds: Double) {
        self.type = type
        self.seconds = seconds
    }
}

/// The body of `conversation.item.input_audio_transcription.failed`.
public struct TranscriptionFailed: Equatable, Sendable, Codable {
    /// The item.
    public var itemID: ItemID
    /// The part; 0.
    public var contentIndex: Int
    /// What failed.
    public var error: TranscriptionFailure

    /// All fields.
    public init(itemID: ItemID, contentIndex: Int, error: TranscriptionFailure) {
        self.itemID = itemID
        self.contentIndex = contentIndex
        self.error = error
    }
}

/// Why a transcription failed.
public struct TranscriptionFailure: Equatable, Sendable, Codable {
    /// `transcription_error` or `server_error`
    public var type: String
    /// What clients match on.
    @Explicit public var code: String?
    /// What failed, in words.
    public var message: String
    /// Always `nil`.
    @Explicit public var param: String?

    /// All fields.
    public init(type: String, code: String?, message: String, param: String?) {
        self.type = type
        self.code = code
        self.message = message
        self.param = param
    }
}
