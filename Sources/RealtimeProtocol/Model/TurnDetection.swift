/// How the server finds the end of a user's turn (protocol.md B.6). What is left out takes its default.
public enum TurnDetection: Hashable, Sendable {
    /// By silence.
    case serverVAD(ServerVAD)
    /// By meaning.
    case semanticVAD(SemanticVAD)

    /// A turn ends after a stretch of silence.
    public struct ServerVAD: Hashable, Sendable, Codable {
        /// The probability above which a window counts as speech, 0…1.
        public var threshold = 0.5
        /// Milliseconds of audio before the speech that belong to the turn.
        public var prefixPaddingMs = 300
        /// Milliseconds of silence that end the turn. The wire's default is 200, whatever documents say.
        public var silenceDurationMs = 200
        /// Milliseconds after which a silent user is spoken to, 5,000…30,000, or `nil`.
        @Explicit public var idleTimeoutMs: Int?
        /// Whether a response follows the turn.
        public var createResponse = true
        /// Whether speech cancels a running response.
        public var interruptResponse = true

        /// The defaults.
        public init() {}
    }

    /// A turn ends when what was said is complete.
    public struct SemanticVAD: Hashable, Sendable, Codable {
        /// How soon the server takes its turn.
        public enum Eagerness: String, WireEnum {
            /// Waits at most 8 s.
            case low
            /// Waits at most 4 s.
            case medium
            /// Waits at most 2 s.
            case high
            /// As medium.
            case auto
        }
        /// How soon the server takes its turn.
        public var eagerness = Eagerness.auto
        /// Whether a response follows the turn.
        public var createResponse = true
        /// Whether speech cancels a running response.
        public var interruptResponse = true

        /// The defaults.
        public init() {}
    }

    /// Whether a response follows a turn.
    public var createsResponse: Bool {
        switch self {
        case .serverVAD(let settings): settings.createResponse
        case .semanticVAD(let settings): settings.createResponse
        }
    }

    /// Whether speech cancels a running response.
    public var interruptsResponse: Bool {
        switch self {
        case .serverVAD(let settings): settings.interruptResponse
        case .semanticVAD(let settings): settings.interruptResponse
        }
    }
}

extension TurnDetection: Codable {
    private enum CodingKeys: CodingKey { case type }
    private enum Name: String, WireEnum {
        case server = "server_vad"
        case semantic = "semantic_vad"
    }

    /// Reads either kind by its `type`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Name.self, forKey: .type) {
        case .server: self = .serverVAD(try ServerVAD(from: decoder))
        case .semantic: self = .semanticVAD(try SemanticVAD(from: decoder))
        }
    }

    /// Writes the kind and its settings in one object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .serverVAD(let settings):
            try container.encode(Name.server, forKey: .type)
            try settings.encode(to: encoder)
        case .semanticVAD(let settings):
            try container.encode(Name.semantic, forKey: .type)
            try settings.encode(to: encoder)
        }
    }
}

extension TurnDetection.ServerVAD {
    /// Reads what is there; the rest keeps its default.
    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let path = decoder.wirePath
        if let value = try container.decodeIfPresent(Double.self, forKey: .threshold) {
            guard (0...1).contains(value) else { throw RealtimeError.outOfRange("\(path).threshold", value, 0...1) }
            threshold = value
        }
        func milliseconds(_ key: CodingKeys, _ range: ClosedRange<Int>) throws -> Int? {
            guard let value = try container.decodeIfPresent(Int.self, forKey: key) else { return nil }
            guard range.contains(value) else {
                throw RealtimeError.outOfRange("\(path).\(wireName(key))", value, range)
            }
            return value
        }
        prefixPaddingMs = try milliseconds(.prefixPaddingMs, 0...60_000) ?? prefixPaddingMs
        silenceDurationMs = try milliseconds(.silenceDurationMs, 0...60_000) ?? silenceDurationMs
        idleTimeoutMs = try milliseconds(.idleTimeoutMs, 5_000...30_000)
        createResponse = try container.decodeIfPresent(Bool.self, forKey: .createResponse) ?? true
        interruptResponse = try container.decodeIfPresent(Bool.self, forKey: .interruptResponse) ?? true
    }
}

extension TurnDetection.SemanticVAD {
    /// Reads what is there; the rest keeps its default.
    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        eagerness = try container.decodeIfPresent(Eagerness.self, forKey: .eagerness) ?? .auto
        createResponse = try container.decodeIfPresent(Bool.self, forKey: .createResponse) ?? true
        interruptResponse = try container.decodeIfPresent(Bool.self, forKey: .interruptResponse) ?? true
    }
}
