/// A response as events show it (protocol.md B.9).
public struct Response: Equatable, Sendable, Codable {
    /// How far along a response is.
    public enum Status: String, WireEnum {
        /// Being made.
        case inProgress = "in_progress"
        /// Whole.
        case completed
        /// Stopped by the user or the client.
        case cancelled
        /// Stopped by a limit.
        case incomplete
        /// Stopped by a failure.
        case failed
    }

    /// `realtime.response`
    public var object = "realtime.response"
    /// Its name.
    public var id: ResponseID
    /// How far along it is.
    public var status: Status
    /// Why it ended before its time; `nil` when it did not.
    @Explicit public var statusDetails: StatusDetails?
    /// Its items, without audio.
    public var output: [Item]
    /// The conversation it belongs to; `nil` for one beside it.
    @Explicit public var conversationID: String?
    /// What it answers in.
    public var outputModalities: [Modality]
    /// The most tokens.
    public var maxOutputTokens: TokenLimit
    /// How it is spoken.
    public var audio: Audio
    /// What it took; `nil` until it is done, and when it failed.
    @Explicit public var usage: Usage?
    /// What the client attached.
    @Explicit public var metadata: JSONValue?
    /// The preview dialect's.
    public var temperature: Double?

    /// A response.
    public init(
        id: ResponseID, status: Status, statusDetails: StatusDetails? = nil, output: [Item] = [],
        conversationID: String?, outputModalities: [Modality], maxOutputTokens: TokenLimit, format: AudioFormat,
        voice: String, usage: Usage? = nil, metadata: JSONValue? = nil, temperature: Double? = nil
    ) {
        self.id = id
        self.status = status
        self.statusDetails = statusDetails
        self.output = output
        self.conversationID = conversationID
        self.outputModalities = outputModalities
        self.maxOutputTokens = maxOutputTokens
        self.audio = Audio(output: .init(format: format, voice: voice))
        self.usage = usage
        self.metadata = metadata
        self.temperature = temperature
    }

    /// How a response is spoken.
    public struct Audio: Equatable, Sendable, Codable {
        /// The format and the voice.
        public struct Output: Equatable, Sendable, Codable {
            /// How the audio is written.
            public var format: AudioFormat
            /// The voice's name.
            public var voice: String
        }
        /// The format and the voice.
        public var output: Output
    }

    /// Why a response ended before its time.
    public struct StatusDetails: Equatable, Sendable, Codable {
        /// The status again.
        public var type: Status
        /// `turn_detected`, `client_cancelled` or `max_output_tokens`.
        public var reason: String?
        /// What failed.
        public var error: Failure?

        /// What failed.
        public struct Failure: Equatable, Sendable, Codable {
            /// `server_error` or `invalid_request_error`.
            public var type: String
            /// What clients match on.
            @Explicit public var code: String?
            /// What failed, in words.
            public var message: String?

            /// A failure.
            public init(type: String, code: String?, message: String?) {
                self.type = type
                self.code = code
                self.message = message
            }
        }

        /// Details.
        public init(type: Status, reason: String? = nil, error: Failure? = nil) {
            self.type = type
            self.reason = reason
            self.error = error
        }
    }
}

// What a service may leave out.
extension Response.Audio: MayBeMissing {
    static var whenMissing: Response.Audio { Response.Audio(output: .init(format: .pcm, voice: "")) }
}
extension Usage.Input: MayBeMissing {
    static var whenMissing: Usage.Input {
        Usage.Input(textTokens: 0, audioTokens: 0, cachedTokens: 0, cachedTokensDetails: .whenMissing)
    }
}
extension Usage.Cached: MayBeMissing { static var whenMissing: Usage.Cached { Usage.Cached(textTokens: 0) } }
extension Usage.Output: MayBeMissing {
    static var whenMissing: Usage.Output { Usage.Output(textTokens: 0, audioTokens: 0) }
}
extension TranscriptionUsage: MayBeMissing {
    static var whenMissing: TranscriptionUsage { TranscriptionUsage(type: "", seconds: 0) }
}

/// What a response took, in tokens. Ten audio tokens are about a second heard, twenty a second said.
public struct Usage: Equatable, Sendable, Codable {
    /// Both together.
    public var totalTokens: Int
    /// What the model was given.
    public var inputTokens: Int
    /// What the model made.
    public var outputTokens: Int
    /// What it was given, by kind.
    public var inputTokenDetails: Input
    /// What it made, by kind.
    public var outputTokenDetails: Output

    /// What the model was given, by kind.
    public struct Input: Equatable, Sendable, Codable {
        /// Written.
        public var textTokens: Int
        /// Heard.
        public var audioTokens: Int
        /// Seen.
        public var imageTokens = 0
        /// Known from before.
        public var cachedTokens: Int
        /// Known from before, by kind.
        public var cachedTokensDetails: Cached
    }
    /// What was known from before, by kind.
    public struct Cached: Equatable, Sendable, Codable {
        /// Written.
        public var textTokens: Int
        /// Heard.
        public var audioTokens = 0
        /// Seen.
        public var imageTokens = 0
    }
    /// What the model made, by kind.
    public struct Output: Equatable, Sendable, Codable {
        /// Written.
        public var textTokens: Int
        /// Said.
        public var audioTokens: Int
    }

    /// The sums follow from the parts.
    public init(inputText: Int, inputAudio: Int, cachedText: Int, outputText: Int, outputAudio: Int) {
        inputTokens = inputText + inputAudio
        outputTokens = outputText + outputAudio
        totalTokens = inputTokens + outputTokens
        inputTokenDetails = Input(
            textTokens: inputText, audioTokens: inputAudio, cachedTokens: cachedText,
            cachedTokensDetails: Cached(textTokens: cachedText))
        outputTokenDetails = Output(textTokens: outputText, audioTokens: outputAudio)
    }
}
