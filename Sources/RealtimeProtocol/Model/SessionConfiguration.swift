/// Everything that can be set of a session, and what the server says of it (protocol.md B.5; in the preview dialect B.4).
public struct SessionConfiguration: Equatable, Sendable, Codable {
    /// What a session is for.
    public enum Kind: String, WireEnum {
        /// A conversation.
        case realtime
        /// Writing down what is said.
        case transcription
    }

    /// What the session is for.
    public var type = Kind.realtime
    /// `realtime.session`
    public var object = "realtime.session"
    /// The session's name.
    public var id: String
    /// The model or deployment of the connection.
    public var model: String
    /// What the model answers in.
    public var outputModalities: [Modality]
    /// How the model should behave.
    public var instructions: String
    /// The functions it may call.
    public var tools: [Tool] = []
    /// Whether it may, must or must not call one.
    public var toolChoice = ToolChoice.auto
    /// The most tokens of an answer.
    public var maxOutputTokens = TokenLimit.infinite
    /// Kept and echoed.
    @Explicit public var tracing: JSONValue?
    /// Kept and echoed.
    public var truncation: JSONValue = "auto"
    /// Kept and echoed.
    @Explicit public var prompt: JSONValue?
    /// Unix seconds at which the session ends.
    public var expiresAt: Int
    /// What is heard and said.
    public var audio = Audio()
    /// Further things that events should hold.
    @Explicit public var include: [String]?
    /// Kept and echoed.
    public var parallelToolCalls: Bool?
    /// Kept and echoed.
    public var reasoning: JSONValue?
    /// 0.6…1.2; the preview dialect's, which GA no longer has.
    public var temperature: Double?

    /// A session as it begins.
    public init(
        id: String, model: String, instructions: String, outputModalities: [Modality] = [.audio], expiresAt: Int,
        temperature: Double? = nil
    ) {
        self.id = id
        self.model = model
        self.instructions = instructions
        self.outputModalities = outputModalities
        self.expiresAt = expiresAt
        self.temperature = temperature
    }

    /// What is heard and said.
    public struct Audio: Equatable, Sendable, Codable {
        /// What is heard.
        public var input = Input()
        /// What is said.
        public var output = Output()
        /// The defaults.
        public init() {}
    }

    /// How the user is heard.
    public struct Input: Equatable, Sendable, Codable {
        /// How the audio is written.
        public var format = AudioFormat.pcm
        /// Whether and how a transcript is sent.
        @Explicit public var transcription: Transcription?
        /// Kept and echoed.
        @Explicit public var noiseReduction: NoiseReduction?
        /// How turns are found; `nil` when the client says where they end.
        @Explicit public var turnDetection: TurnDetection? = .serverVAD(.init())
        /// The defaults.
        public init() {}
    }

    /// How the answer is spoken.
    public struct Output: Equatable, Sendable, Codable {
        /// How the audio is written.
        public var format = AudioFormat.pcm
        /// The voice's name, as the client said it.
        public var voice = "alloy"
        /// 0.25…1.5, where 1 is the voice's own pace.
        public var speed = 1.0
        /// The defaults.
        public init() {}
    }
}

/// What a model answers in.
public enum Modality: String, WireEnum {
    /// Written.
    case text
    /// Spoken, with a transcript.
    case audio
}

/// How the user's speech is written down.
public struct Transcription: Hashable, Sendable, Codable {
    /// The model's name, as the client said it.
    public var model: String?
    /// ISO 639-1, or `nil` for whatever is heard.
    @Explicit public var language: String?
    /// A hint for the recognizer.
    @Explicit public var prompt: String?
    /// Kept and echoed.
    public var languages: [String]?
    /// Kept and echoed.
    public var keywords: [String]?
    /// Kept and echoed.
    public var delay: String?

    /// Transcription by a model.
    public init(model: String?, language: String? = nil, prompt: String? = nil) {
        self.model = model
        self.language = language
        self.prompt = prompt
    }
}

/// Where the microphone stands.
public struct NoiseReduction: Hashable, Sendable, Codable {
    /// Where the microphone stands.
    public enum Kind: String, WireEnum {
        /// Close to the mouth.
        case nearField = "near_field"
        /// Away from it.
        case farField = "far_field"
    }
    /// Where the microphone stands.
    public var type: Kind

    /// A microphone at this place.
    public init(type: Kind) { self.type = type }
}
