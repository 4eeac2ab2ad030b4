/// What the model may call (protocol.md B.5.1). Members that the API does not know are let pass.
public enum Tool: Hashable, Sendable, ToleratesMembers {
    static var toleratedMembers: Set<String>? { nil }

    /// A function that the client carries out.
    case function(FunctionTool)
    /// The tools of an MCP server, which the service calls itself. GA only.
    case mcp(MCPTool)

    /// The kinds of tools there are.
    public enum Kind: String, WireEnum {
        /// A function that the client carries out.
        case function
        /// The tools of an MCP server.
        case mcp
    }
}

extension Tool: Codable {
    private enum CodingKeys: CodingKey { case type }

    /// Reads a tool by its `type`.
    public init(from decoder: any Decoder) throws {
        switch try decoder.container(keyedBy: CodingKeys.self).decode(Kind.self, forKey: .type) {
        case .function: self = .function(try FunctionTool(from: decoder))
        case .mcp: self = .mcp(try MCPTool(from: decoder))
        }
    }

    /// Writes the tool.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .function(let tool): try tool.encode(to: encoder)
        case .mcp(let tool): try tool.encode(to: encoder)
        }
    }
}

/// A function that the client carries out.
public struct FunctionTool: Hashable, Sendable, Codable {
    /// Its name.
    public var name: String
    /// What it does.
    public var description: String?
    /// The JSON Schema of its arguments, kept as it came.
    public var parameters: JSONValue?
    /// `function`
    public var type = Tool.Kind.function

    /// A function.
    public init(name: String, description: String? = nil, parameters: JSONValue? = nil) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// Whether the model may, must or must not call a function.
public enum ToolChoice: Hashable, Sendable {
    /// As it likes.
    case auto
    /// Not at all.
    case none
    /// At least one.
    case required
    /// This one.
    case function(String)
    /// A tool of this MCP server; any, or the one with this name.
    case mcp(serverLabel: String, name: String?)
}

extension ToolChoice: Codable {
    private enum CodingKeys: CodingKey { case type, name, function, serverLabel }
    private enum FunctionKeys: CodingKey { case name }
    private enum Mode: String, WireEnum { case none, auto, required }

    /// Reads a word, `{"type":"function","name":…}`, or the older `{"type":"function","function":{"name":…}}`.
    public init(from decoder: any Decoder) throws {
        if decoder.wireValue?.object == nil {
            switch try Mode(from: decoder) {
            case .none: self = .none
            case .auto: self = .auto
            case .required: self = .required
            }
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if try container.decode(Tool.Kind.self, forKey: .type) == .mcp {
            self = .mcp(
                serverLabel: try container.decode(String.self, forKey: .serverLabel),
                name: try container.decodeIfPresent(String.self, forKey: .name))
        } else if container.contains(.function), !container.contains(.name) {
            let function = try container.nestedContainer(keyedBy: FunctionKeys.self, forKey: .function)
            self = .function(try function.decode(String.self, forKey: .name))
        } else {
            self = .function(try container.decode(String.self, forKey: .name))
        }
    }

    /// Writes the word or the object.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .auto: try Mode.auto.encode(to: encoder)
        case .none: try Mode.none.encode(to: encoder)
        case .required: try Mode.required.encode(to: encoder)
        case .function(let name):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(Tool.Kind.function, forKey: .type)
            try container.encode(name, forKey: .name)
        case .mcp(let label, let name):
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(Tool.Kind.mcp, forKey: .type)
            try container.encode(label, forKey: .serverLabel)
            try container.encodeIfPresent(name, forKey: .name)
        }
    }
}

/// The most tokens of an answer: 1…4096, or without limit (`"inf"`).
public enum TokenLimit: Hashable, Sendable {
    /// As many as fit.
    case infinite
    /// This many.
    case tokens(Int)

    /// The number, if there is one.
    public var count: Int? { if case .tokens(let count) = self { count } else { nil } }
}

extension TokenLimit: MayBeMissing { static var whenMissing: TokenLimit { .infinite } }

extension TokenLimit: Codable {
    private enum Word: String, WireEnum { case inf }

    /// Reads a number or `"inf"`.
    public init(from decoder: any Decoder) throws {
        if decoder.wireValue?.string != nil {
            _ = try Word(from: decoder)
            self = .infinite
        } else {
            let count = try decoder.singleValueContainer().decode(Int.self)
            guard (1...4096).contains(count) else {
                throw RealtimeError.outOfRange(decoder.wirePath, count, 1...4096)
            }
            self = .tokens(count)
        }
    }

    /// Writes the number or `"inf"`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .infinite: try container.encode(Word.inf)
        case .tokens(let count): try container.encode(count)
        }
    }
}
