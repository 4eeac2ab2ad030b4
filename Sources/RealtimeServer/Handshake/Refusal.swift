/// How a handshake, or another request, is refused before any session exists (protocol.md A.3).
public enum Refusal: Error, Sendable, Hashable {
    /// An HTTP response instead of the upgrade: what Azure does, and what no Realtime client ever sees of OpenAI.
    case http(HTTPRefusal)
    /// The upgrade succeeds, then one error event and a close frame follow: what OpenAI does.
    case openThenRefuse(OpenedRefusal)
}

/// A refusal by HTTP.
public struct HTTPRefusal: Error, Sendable, Hashable {
    /// The status, 400 to 599.
    public var status: Int
    /// The body: JSON.
    public var body: String
    /// Header fields beside the body's, as name and value.
    public var fields: [Field] = []
    /// What else is to stand in the log.
    public var reason: String?

    /// A header field.
    public struct Field: Sendable, Hashable {
        /// The field's name.
        public var name: String
        /// The field's value.
        public var value: String
    }

    /// A refusal with a body in Azure's form: `{"error":{"code":…,"message":…}}`.
    static func azure(
        _ status: Int, code: String, _ message: String, fields: [Field] = [], reason: String? = nil
    ) -> HTTPRefusal {
        HTTPRefusal(
            status: status, body: ErrorBody.azure(code: code, message: message), fields: fields, reason: reason)
    }

    /// A refusal with a body in OpenAI's form: `{"error":{"message":…,"type":…,"param":…,"code":…}}`.
    static func openAI(
        _ status: Int, code: String?, param: String? = nil, _ message: String, fields: [Field] = [],
        reason: String? = nil
    ) -> HTTPRefusal {
        HTTPRefusal(
            status: status,
            body: ErrorBody.openAI(type: "invalid_request_error", code: code, param: param, message: message),
            fields: fields, reason: reason)
    }

    /// A path that nothing answers (protocol.md G row 50).
    static func unknownURL(method: String, path: Substring) -> HTTPRefusal {
        openAI(404, code: "unknown_url", "Invalid URL (\(method) \(path))")
    }

    /// A realtime path without a handshake that could be accepted.
    static func upgradeRequired() -> HTTPRefusal {
        openAI(
            426, code: "upgrade_required",
            "This path speaks WebSocket: open it with a WebSocket client (RFC 6455, version 13), as the first request of"
                + " a connection.",
            fields: [
                Field(name: "Upgrade", value: "websocket"), Field(name: "Connection", value: "Upgrade"),
                Field(name: "Sec-WebSocket-Version", value: "13"),
            ])
    }
}

/// A refusal on an open socket.
public struct OpenedRefusal: Sendable, Hashable {
    /// `error.type` of the event.
    public var type = "invalid_request_error"
    /// `error.code` of the event.
    public var code: String?
    /// `error.message` of the event.
    public var message: String
    /// The close code.
    public var closeCode: CloseCode
    /// What else is to stand in the log.
    public var reason: String?

    /// The reason in the close frame: type and code (protocol.md A.3).
    public var closeReason: String { code.map { "\(type).\($0)" } ?? type }

    /// The error event, as text.
    func event(id: String) -> String {
        #"{"type":"error","event_id":"# + ErrorBody.quote(id) + #","error":{"type":"# + ErrorBody.quote(type)
            + #","code":"# + ErrorBody.quote(code) + #","message":"# + ErrorBody.quote(message)
            + #","param":null,"event_id":null}}"#
    }
}
