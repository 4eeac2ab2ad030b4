/// Everything that can be set of a session, and what the server says of it (protocol.md B.5; in the preview dialect B.4).
public struct SessionConfiguration: Equatable, Sendable {
    /// What a session is for.
    public enum Kind: String, WireEnum {
        /// A conversation.
        case realtime
        /// Writing down what is said.
        case transcription
    }

    /// What the session is for.
    public var type = Kind.realtime
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
    public var tracing: Tracing?
    /// What becomes of a conversation that is too long.
    public var truncation = Truncation.auto
    /// Kept and echoed.
    public var prompt: PromptReference?
    /// Unix seconds at which the session ends.
    public var expiresAt: Int
    /// What is heard and said.
    public var audio = Audio()
    /// Further things that events should hold.
    public var include: [Include]?
    /// Kept and echoed.
    public var parallelToolCalls: Bool?
    /// Kept and echoed.
    public var reasoning: Reasoning?
    /// 0.6…1.2; the preview dialect's, which GA no longer has.
    public var temperature: Double?

    /// A session as it begins.
    public init(
        _ type: Kind = .realtime, id: String, model: String, instructions: String,
        outputModalities: [Modality] = [.audio], expiresAt: Int, temperature: Double? = nil
    ) {
        self.type = type
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

extension SessionConfiguration: Codable {
    private enum CodingKeys: CodingKey {
        case type, object, id, model, outputModalities, instructions, tools, toolChoice, maxOutputTokens, tracing
        case truncation, prompt, expiresAt, audio, include, parallelToolCalls, reasoning, temperature
    }

    /// `realtime.session` or `realtime.transcription_session`
    public var object: String { type == .realtime ? "realtime.session" : "realtime.transcription_session" }

    /// Reads a session as a service shows it. What a service leaves out has its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decodeIfPresent(Kind.self, forKey: .type) ?? .realtime,
            id: try container.decodeIfPresent(String.self, forKey: .id) ?? "",
            model: try container.decodeIfPresent(String.self, forKey: .model) ?? "",
            instructions: try container.decodeIfPresent(String.self, forKey: .instructions) ?? "",
            outputModalities: try container.decodeIfPresent([Modality].self, forKey: .outputModalities) ?? [.audio],
            expiresAt: try container.decodeIfPresent(Int.self, forKey: .expiresAt) ?? 0,
            temperature: try container.decodeIfPresent(Double.self, forKey: .temperature))
        tools = try container.decodeIfPresent([Tool].self, forKey: .tools) ?? tools
        toolChoice = try container.decodeIfPresent(ToolChoice.self, forKey: .toolChoice) ?? toolChoice
        maxOutputTokens = try container.decodeIfPresent(TokenLimit.self, forKey: .maxOutputTokens) ?? maxOutputTokens
        tracing = try container.decodeIfPresent(Tracing.self, forKey: .tracing)
        truncation = try container.decodeIfPresent(Truncation.self, forKey: .truncation) ?? truncation
        prompt = try container.decodeIfPresent(PromptReference.self, forKey: .prompt)
        audio = try container.decodeIfPresent(Audio.self, forKey: .audio) ?? audio
        include = try container.decodeIfPresent([Include].self, forKey: .include)
        parallelToolCalls = try container.decodeIfPresent(Bool.self, forKey: .parallelToolCalls)
        reasoning = try container.decodeIfPresent(Reasoning.self, forKey: .reasoning)
        _ = try container.decodeIfPresent(String.self, forKey: .object)
    }

    /// Writes what the kind of session has, in the wire's order; what is unset and always shown is `null`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(type, forKey: .type)
        try container.encode(object, forKey: .object)
        try container.encode(id, forKey: .id)
        guard type == .realtime else {
            try container.encode(expiresAt, forKey: .expiresAt)
            try container.encode(["input": audio.input.forTranscription], forKey: .audio)
            return try container.encode(include, forKey: .include)
        }
        try container.encode(model, forKey: .model)
        try container.encode(outputModalities, forKey: .outputModalities)
        try container.encode(instructions, forKey: .instructions)
        try container.encode(tools, forKey: .tools)
        try container.encode(toolChoice, forKey: .toolChoice)
        try container.encode(maxOutputTokens, forKey: .maxOutputTokens)
        try container.encode(tracing, forKey: .tracing)
        try container.encode(truncation, forKey: .truncation)
        try container.encode(prompt, forKey: .prompt)
        try container.encode(expiresAt, forKey: .expiresAt)
        try container.encode(audio, forKey: .audio)
        try container.encode(include, forKey: .include)
        try container.encodeIfPresent(parallelToolCalls, forKey: .parallelToolCalls)
        try container.encodeIfPresent(reasoning, forKey: .reasoning)
        try container.encodeIfPresent(temperature, forKey: .temperature)
    }
}

// What a service leaves out has its default.
extension SessionConfiguration.Audio {
    private enum CodingKeys: CodingKey { case input, output }

    /// Reads what is there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        input = try container.decodeIfPresent(SessionConfiguration.Input.self, forKey: .input) ?? input
        output = try container.decodeIfPresent(SessionConfiguration.Output.self, forKey: .output) ?? output
    }
}

extension SessionConfiguration.Input {
    private enum CodingKeys: CodingKey { case format, transcription, noiseReduction, turnDetection }

    /// Reads what is there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        format = try container.decodeIfPresent(AudioFormat.self, forKey: .format) ?? format
        transcription = try container.decodeIfPresent(Transcription.self, forKey: .transcription)
        noiseReduction = try container.decodeIfPresent(NoiseReduction.self, forKey: .noiseReduction)
        turnDetection = try container.decodeIfPresent(TurnDetection.self, forKey: .turnDetection)
    }
}

extension SessionConfiguration.Output {
    private enum CodingKeys: CodingKey { case format, voice, speed }

    /// Reads what is there.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        format = try container.decodeIfPresent(AudioFormat.self, forKey: .format) ?? format
        voice = try container.decodeIfPresent(Voice.self, forKey: .voice)?.name ?? voice
        speed = try container.decodeIfPresent(Double.self, forKey: .speed) ?? speed
    }
}

extension SessionConfiguration.Input {
    /// Nobody answers in a transcription session, so its turn detection says nothing of answers (protocol.md B.5).
    fileprivate var forTranscription: JSONValue {
        guard var value = try? JSONValue(encoding: self) else { return .null }
        value.withObject { input in
            input["turn_detection"]?.withObject { detection in
                for name in ["idle_timeout_ms", "create_response", "interrupt_response"] { detection[name] = nil }
            }
        }
        return value
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
    /// How long a streaming recognizer waits for more before it writes. Kept and echoed.
    public var delay: Delay?

    /// From writing at once to writing with care.
    public enum Delay: String, WireEnum { case minimal, low, medium, high, xhigh }

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
