/// What a `response.create` asks for; what is left out comes from the session (protocol.md B.10).
public struct ResponseParameters: Equatable, Sendable, Codable {
    /// Which conversation a response belongs to.
    public enum Conversation: String, WireEnum {
        /// The session's.
        case auto
        /// None: it is made beside the conversation.
        case none
    }

    /// What it answers in.
    public var outputModalities: [Modality]?
    /// Instead of the session's.
    public var instructions: String?
    /// How it is spoken.
    public var audio: Audio?
    /// Instead of the session's.
    public var tools: [Tool]?
    /// Instead of the session's.
    public var toolChoice: ToolChoice?
    /// The preview dialect's.
    public var temperature: Double?
    /// Instead of the session's.
    public var maxOutputTokens: TokenLimit?
    /// Which conversation it belongs to.
    public var conversation: Conversation?
    /// Up to 16 pairs, echoed.
    public var metadata: JSONValue?
    /// What the model is given instead of the conversation.
    public var input: [InputItem]?
    /// Kept for the protocol's sake.
    public var prompt: PromptReference?
    /// Kept for the protocol's sake.
    public var parallelToolCalls: Bool?
    /// Kept for the protocol's sake.
    public var reasoning: Reasoning?

    /// A response with the session's settings.
    public init() {}

    /// How a response is spoken.
    public struct Audio: Equatable, Sendable, Codable {
        /// The format and the voice.
        public struct Output: Equatable, Sendable, Codable {
            /// How the audio is written.
            public var format: AudioFormat?
            /// The voice's name.
            public var voice: Voice?
        }
        /// The format and the voice.
        public var output: Output?
    }
}

/// An item given to one response only: whole, or by reference.
public enum InputItem: Equatable, Sendable, Codable {
    /// An item of the conversation.
    case reference(ItemID)
    /// An item of its own.
    case item(Item)

    private enum CodingKeys: CodingKey { case type, id }
    private enum Kind: String, WireEnum { case reference = "item_reference" }

    /// Reads a reference or an item.
    public init(from decoder: any Decoder) throws {
        guard decoder.wireValue?["type"]?.string == Kind.reference.rawValue else {
            self = .item(try Item(from: decoder))
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        _ = try container.decode(Kind.self, forKey: .type)
        self = .reference(try container.decode(ItemID.self, forKey: .id))
    }

    /// Writes it.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .item(let item): try item.encode(to: encoder)
        case .reference(let id):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(Kind.reference, forKey: .type)
            try container.encode(id, forKey: .id)
        }
    }
}
