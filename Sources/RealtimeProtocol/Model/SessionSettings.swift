/// What becomes of a conversation that is too long for the model (protocol.md B.5).
public enum Truncation: Hashable, Sendable {
    /// The oldest messages are left out, as few as possible.
    case auto
    /// Nothing is left out: a response to a conversation that is too long fails.
    case disabled
    /// When the conversation is too long, so many messages are left out that this share of the room is used, 0…1: the
    /// engine can then go on with what it knows for longer. `postInstructions` bounds what follows the instructions, in
    /// tokens.
    case retentionRatio(Double, postInstructions: Int? = nil)
}

extension Truncation: Codable {
    private enum CodingKeys: CodingKey { case type, retentionRatio, tokenLimits }
    private enum LimitKeys: CodingKey { case postInstructions }
    private enum Word: String, WireEnum { case auto, disabled }
    private enum Kind: String, WireEnum { case retentionRatio = "retention_ratio" }

    /// Reads a word or `{"type":"retention_ratio","retention_ratio":0.8}`.
    public init(from decoder: any Decoder) throws {
        guard decoder.wireValue?.object != nil else {
            self = try Word(from: decoder) == .auto ? .auto : .disabled
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        _ = try container.decode(Kind.self, forKey: .type)
        let ratio = try container.decode(Double.self, forKey: .retentionRatio)
        guard (0...1).contains(ratio) else {
            throw RealtimeError.outOfRange("\(decoder.wirePath).retention_ratio", ratio, 0...1)
        }
        var limit: Int?
        if container.contains(.tokenLimits), try !container.decodeNil(forKey: .tokenLimits) {
            let limits = try container.nestedContainer(keyedBy: LimitKeys.self, forKey: .tokenLimits)
            limit = try limits.decodeIfPresent(Int.self, forKey: .postInstructions)
        }
        if let limit, limit < 0 {
            throw RealtimeError.outOfRange(
                "\(decoder.wirePath).token_limits.post_instructions", limit, 0...Int.max)
        }
        self = .retentionRatio(ratio, postInstructions: limit)
    }

    /// Writes the word or the object.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .auto: try Word.auto.encode(to: encoder)
        case .disabled: try Word.disabled.encode(to: encoder)
        case .retentionRatio(let ratio, let limit):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(Kind.retentionRatio, forKey: .type)
            try container.encode(ratio, forKey: .retentionRatio)
            guard let limit else { return }
            var limits = container.nestedContainer(keyedBy: LimitKeys.self, forKey: .tokenLimits)
            try limits.encode(limit, forKey: .postInstructions)
        }
    }
}

/// Whether the service writes down a trace of the session. Kept and echoed.
public enum Tracing: Hashable, Sendable {
    /// With names of its own.
    case auto
    /// With these names.
    case named(workflowName: String?, groupID: String?, metadata: JSONValue?)
}

extension Tracing: Codable {
    private enum CodingKeys: CodingKey { case workflowName, groupID, metadata }
    private enum Word: String, WireEnum { case auto }

    /// Reads `"auto"` or an object.
    public init(from decoder: any Decoder) throws {
        guard decoder.wireValue?.object != nil else {
            _ = try Word(from: decoder)
            self = .auto
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self = .named(
            workflowName: try container.decodeIfPresent(String.self, forKey: .workflowName),
            groupID: try container.decodeIfPresent(String.self, forKey: .groupID),
            metadata: try container.decodeIfPresent(JSONValue.self, forKey: .metadata))
    }

    /// Writes the word or the object.
    public func encode(to encoder: any Encoder) throws {
        guard case .named(let workflowName, let groupID, let metadata) = self else {
            return try Word.auto.encode(to: encoder)
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(workflowName, forKey: .workflowName)
        try container.encodeIfPresent(groupID, forKey: .groupID)
        try container.encodeIfPresent(metadata, forKey: .metadata)
    }
}

/// A prompt that the service stores. Kept and echoed.
public struct PromptReference: Hashable, Sendable, Codable {
    /// Its name.
    public var id: String
    /// Which version; the latest by default.
    public var version: String?
    /// What stands for its variables: texts or parts of messages.
    public var variables: JSONValue?

    /// A stored prompt.
    public init(id: String, version: String? = nil, variables: JSONValue? = nil) {
        self.id = id
        self.version = version
        self.variables = variables
    }
}

/// How long a reasoning model thinks before it speaks. Kept and echoed.
public struct Reasoning: Hashable, Sendable, Codable {
    /// How long it thinks.
    public enum Effort: String, WireEnum {
        /// From hardly at all to very long.
        case minimal, low, medium, high, xhigh
    }
    /// How long it thinks; `low` by default.
    public var effort: Effort?

    /// An effort.
    public init(effort: Effort?) { self.effort = effort }
}

/// Further things that events can hold.
public enum Include: String, WireEnum {
    /// How sure the recognizer is of each token. Accepted and echoed; our recognizers do not tell.
    case transcriptionLogprobs = "item.input_audio_transcription.logprobs"
}
