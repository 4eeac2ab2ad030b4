/// One entry of a conversation (protocol.md B.8).
public struct Item: Equatable, Sendable {
    /// How far along an item is.
    public enum Status: String, WireEnum {
        /// Being made.
        case inProgress = "in_progress"
        /// Whole.
        case completed
        /// Cut off.
        case incomplete
    }

    /// Who said something.
    public enum Role: String, WireEnum {
        /// Guidance.
        case system
        /// The user.
        case user
        /// The model.
        case assistant
    }

    /// What an item is.
    public enum Body: Equatable, Sendable {
        /// Something said.
        case message(role: Role, content: [ContentPart])
        /// The model calls a function; `arguments` is JSON text.
        case functionCall(callID: CallID, name: String, arguments: String)
        /// What the function answered.
        case functionCallOutput(callID: CallID, output: String)
        /// The tools of an MCP server (protocol.md C.19).
        case mcpListTools(MCPListTools)
        /// The model calls an MCP server's tool.
        case mcpCall(MCPCall)
        /// The model asks whether it may call an MCP server's tool.
        case mcpApprovalRequest(MCPApprovalRequest)
        /// Whether it may.
        case mcpApprovalResponse(MCPApprovalResponse)
    }

    /// Its name; a client's item may come without one.
    public var id: ItemID?
    /// How far along it is.
    public var status: Status
    /// What it is.
    public var body: Body

    /// An item.
    public init(id: ItemID?, status: Status = .completed, body: Body) {
        self.id = id
        self.status = status
        self.body = body
    }
}

extension Item: Codable {
    private enum CodingKeys: CodingKey { case id, object, type, status, role, content, name, callID, arguments, output }
    private enum Kind: String, WireEnum {
        case message
        case functionCall = "function_call"
        case functionCallOutput = "function_call_output"
        case mcpListTools = "mcp_list_tools"
        case mcpCall = "mcp_call"
        case mcpApprovalRequest = "mcp_approval_request"
        case mcpApprovalResponse = "mcp_approval_response"
    }

    /// Reads an item of the wire or of a client.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decodeIfPresent(ItemID.self, forKey: .id)
        _ = try container.decodeIfPresent(String.self, forKey: .object)
        let kind = try container.decode(Kind.self, forKey: .type)
        status = try container.decodeIfPresent(Status.self, forKey: .status) ?? .completed
        switch kind {
        case .message:
            let role = try container.decode(Role.self, forKey: .role)
            body = .message(role: role, content: try container.decode([ContentPart].self, forKey: .content))
        case .functionCall:
            body = .functionCall(
                callID: try container.decodeIfPresent(CallID.self, forKey: .callID) ?? "",
                name: try container.decode(String.self, forKey: .name),
                arguments: try container.decode(String.self, forKey: .arguments))
        case .functionCallOutput:
            body = .functionCallOutput(
                callID: try container.decode(CallID.self, forKey: .callID),
                output: try container.decode(String.self, forKey: .output))
        case .mcpListTools: body = .mcpListTools(try .init(from: decoder))
        case .mcpCall: body = .mcpCall(try .init(from: decoder))
        case .mcpApprovalRequest: body = .mcpApprovalRequest(try .init(from: decoder))
        case .mcpApprovalResponse: body = .mcpApprovalResponse(try .init(from: decoder))
        }
    }

    /// Writes an item in the wire's order of keys.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(id, forKey: .id)
        try container.encode("realtime.item", forKey: .object)
        switch body {
        case .message(let role, let content):
            try container.encode(Kind.message, forKey: .type)
            try container.encode(status, forKey: .status)
            try container.encode(role, forKey: .role)
            try container.encode(content, forKey: .content)
        case .functionCall(let callID, let name, let arguments):
            try container.encode(Kind.functionCall, forKey: .type)
            try container.encode(status, forKey: .status)
            try container.encode(name, forKey: .name)
            try container.encode(callID, forKey: .callID)
            try container.encode(arguments, forKey: .arguments)
        case .functionCallOutput(let callID, let output):
            try container.encode(Kind.functionCallOutput, forKey: .type)
            try container.encode(status, forKey: .status)
            try container.encode(callID, forKey: .callID)
            try container.encode(output, forKey: .output)
        // Items of MCP have no status.
        case .mcpListTools(let fields):
            try container.encode(Kind.mcpListTools, forKey: .type)
            try fields.encode(to: encoder)
        case .mcpCall(let fields):
            try container.encode(Kind.mcpCall, forKey: .type)
            try fields.encode(to: encoder)
        case .mcpApprovalRequest(let fields):
            try container.encode(Kind.mcpApprovalRequest, forKey: .type)
            try fields.encode(to: encoder)
        case .mcpApprovalResponse(let fields):
            try container.encode(Kind.mcpApprovalResponse, forKey: .type)
            try fields.encode(to: encoder)
        }
    }
}
