/// What a `session.update` changes: absent keys keep their value (protocol.md B.7).
public struct SessionPatch: Equatable, Sendable, Codable, ToleratesMembers {
    /// What some clients echo back from `session.created`; it says nothing new.
    static var toleratedMembers: Set<String>? { ["object", "id", "expires_at", "client_secret"] }

    /// What the session is for; GA wants it each time.
    public var type: SessionConfiguration.Kind?
    /// Cannot change; the same value is let pass.
    public var model: String?
    /// What the model answers in.
    public var outputModalities: [Modality]?
    /// How the model should behave; empty clears.
    public var instructions: String?
    /// The functions it may call, all of them.
    public var tools: [Tool]?
    /// Whether it may, must or must not call one.
    public var toolChoice: ToolChoice?
    /// The most tokens of an answer.
    public var maxOutputTokens: TokenLimit?
    /// Kept and echoed. Once it is set it can only be switched off.
    public var tracing = Patch<Tracing>.absent
    /// What becomes of a conversation that is too long.
    public var truncation: Truncation?
    /// Kept and echoed.
    public var prompt = Patch<PromptReference>.absent
    /// What is heard and said.
    public var audio: Audio?
    /// Further things that events should hold.
    public var include = Patch<[Include]>.absent
    /// Kept and echoed.
    public var parallelToolCalls: Bool?
    /// Kept and echoed.
    public var reasoning: Reasoning?
    /// 0.6…1.2; the preview dialect's.
    public var temperature: Double?

    /// A patch that changes nothing.
    public init() {}

    /// What is heard and said.
    public struct Audio: Equatable, Sendable, Codable {
        /// What is heard.
        public var input: Input?
        /// What is said.
        public var output: Output?
        /// A patch that changes nothing.
        public init() {}
    }

    /// How the user is heard.
    public struct Input: Equatable, Sendable, Codable {
        /// How the audio is written.
        public var format: AudioFormat?
        /// Whether and how a transcript is sent.
        public var transcription = Patch<Transcription>.absent
        /// Where the microphone stands.
        public var noiseReduction = Patch<NoiseReduction>.absent
        /// How turns are found; `null` when the client says where they end.
        public var turnDetection = Patch<TurnDetection>.absent
        /// A patch that changes nothing.
        public init() {}
    }

    /// How the answer is spoken.
    public struct Output: Equatable, Sendable, Codable {
        /// How the audio is written.
        public var format: AudioFormat?
        /// The voice's name.
        public var voice: Voice?
        /// 0.25…1.5.
        public var speed: Double?
        /// A patch that changes nothing.
        public init() {}
    }
}

/// A voice by name, or by the `id` of a custom one.
public struct Voice: Hashable, Sendable, Codable {
    private enum CodingKeys: CodingKey { case id }

    /// The name.
    public var name: String
    /// A voice with this name.
    public init(_ name: String) { self.name = name }

    /// Reads a name or `{"id":…}`.
    public init(from decoder: any Decoder) throws {
        if decoder.wireValue?.object != nil {
            name = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
        } else {
            name = try decoder.singleValueContainer().decode(String.self)
        }
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
