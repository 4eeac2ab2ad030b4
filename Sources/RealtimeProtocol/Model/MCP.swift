/// An MCP server whose tools the model may call (protocol.md B.5.1).
public struct MCPTool: Hashable, Sendable, Codable {
    /// `mcp`
    public var type = Tool.Kind.mcp
    /// What the session calls the server.
    public var serverLabel: String
    /// Where it is; or else a connector or a tunnel.
    public var serverURL: String?
    /// A connector of the service instead of a URL.
    public var connectorID: String?
    /// A tunnel of the service instead of a URL.
    public var tunnelID: String?
    /// A token for the server.
    public var authorization: String?
    /// Further header fields for the server.
    public var headers: JSONValue?
    /// What the server is for.
    public var serverDescription: String?
    /// The tools that may be called: names, or a filter.
    public var allowedTools: JSONValue?
    /// Who may call them.
    public var allowedCallers: JSONValue?
    /// When the client is asked: `always`, `never`, or a filter for each.
    public var requireApproval: JSONValue?
    /// Whether the tools are looked up only when they are needed.
    public var deferLoading: Bool?

    /// A server at a URL.
    public init(serverLabel: String, serverURL: String?) {
        self.serverLabel = serverLabel
        self.serverURL = serverURL
    }
}

/// An item that lists the tools of an MCP server.
public struct MCPListTools: Equatable, Sendable, Codable {
    /// The server.
    public var serverLabel: String
    /// Its tools, as it describes them.
    public var tools: JSONValue

    /// All fields.
    public init(serverLabel: String, tools: JSONValue = []) {
        self.serverLabel = serverLabel
        self.tools = tools
    }
}

/// An item in which the model calls a tool of an MCP server.
public struct MCPCall: Equatable, Sendable, Codable {
    /// The server.
    public var serverLabel: String
    /// The tool.
    public var name: String
    /// JSON text.
    public var arguments: String
    /// The request by which the client was asked.
    @Explicit public var approvalRequestID: String?
    /// What the tool answered.
    @Explicit public var output: String?
    /// Why it did not: an object with `type` `protocol_error`, `tool_execution_error` or `http_error`.
    @Explicit public var error: JSONValue?

    /// All fields.
    public init(
        serverLabel: String, name: String, arguments: String, approvalRequestID: String? = nil, output: String? = nil,
        error: JSONValue? = nil
    ) {
        self.serverLabel = serverLabel
        self.name = name
        self.arguments = arguments
        self.approvalRequestID = approvalRequestID
        self.output = output
        self.error = error
    }
}

/// An item in which the model asks whether it may call a tool of an MCP server.
public struct MCPApprovalRequest: Equatable, Sendable, Codable {
    /// The server.
    public var serverLabel: String
    /// The tool.
    public var name: String
    /// JSON text.
    public var arguments: String

    /// All fields.
    public init(serverLabel: String, name: String, arguments: String) {
        self.serverLabel = serverLabel
        self.name = name
        self.arguments = arguments
    }
}

/// An item in which the client says whether a tool may be called.
public struct MCPApprovalResponse: Equatable, Sendable, Codable {
    /// The request that it answers.
    public var approvalRequestID: String
    /// Whether the tool may be called.
    public var approve: Bool
    /// Why.
    public var reason: String?

    /// All fields.
    public init(approvalRequestID: String, approve: Bool, reason: String? = nil) {
        self.approvalRequestID = approvalRequestID
        self.approve = approve
        self.reason = reason
    }
}
