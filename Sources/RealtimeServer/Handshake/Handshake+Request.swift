import HTTPTypes

extension Handshake.Route {
    /// The route of a path; a trailing slash makes no difference (protocol.md A.1).
    init?(path: Substring) {
        switch path.hasSuffix("/") ? path.dropLast() : path {
        case "/openai/realtime": self = .azurePreview
        case "/openai/v1/realtime": self = .azureGA
        case "/v1/realtime": self = .openAI
        default: return nil
        }
    }

    /// The path, for logs.
    var path: String {
        switch self {
        case .azurePreview: "/openai/realtime"
        case .azureGA: "/openai/v1/realtime"
        case .openAI: "/v1/realtime"
        }
    }
}

extension Handshake {
    /// Reads a request.
    ///
    /// - Returns: `nil` if its path is none of the realtime paths. Whether the parameters suffice is
    ///   ``HandshakePolicy``'s to say.
    init?(_ request: HTTPRequest) {
        let target = RequestTarget(request.path ?? "")
        guard let route = Route(path: target.path) else { return nil }
        let fields = request.headerFields
        self.route = route
        subprotocols = fields.list(.secWebSocketProtocol)
        switch route {
        case .azurePreview: dialect = .preview(apiVersion: target["api-version"] ?? "")
        case .azureGA: dialect = .ga
        case .openAI: dialect = Handshake.hasBetaMarker(fields, subprotocols) ? .previewMarked : .ga
        }
        // Azure's preview path names a deployment, all others a model: the same to this server.
        model = route == .azurePreview ? target["deployment"] ?? target["model"] : target["model"]
        intent = target["intent"] == "transcription" ? .transcription : .conversation
        callID = target["call_id"]
        requestID = Handshake.requestID(fields[.clientRequestID] ?? target["x-ms-client-request-id"])
        credential = Credential(fields, target, subprotocols)
    }

    private static func hasBetaMarker(_ fields: HTTPFields, _ subprotocols: [String]) -> Bool {
        fields.list(.openAIBeta).contains { $0.lowercased() == "realtime=v1" }
            || subprotocols.contains("openai-beta.realtime-v1")
    }

    /// Only what can safely be written into a header field and a log.
    private static func requestID(_ value: String?) -> String? {
        guard let value, !value.isEmpty, value.utf8.count <= 128,
            value.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        return value
    }
}

extension Handshake.Credential {
    static let subprotocolPrefix = "openai-insecure-api-key."

    /// The first credential of a request, by the order of ``Source``.
    init?(_ fields: HTTPFields, _ target: RequestTarget, _ subprotocols: [String]) {
        if let token = Self.bearer(fields[.authorization]) {
            self.init(value: token, source: .authorizationHeader)
        } else if let key = fields[.apiKey], !key.isEmpty {
            self.init(value: key, source: .apiKeyHeader)
        } else if let key = target["api-key"] {
            self.init(value: key, source: .apiKeyQuery)
        } else if let token = Self.bearer(target["Authorization"]) {
            self.init(value: token, source: .authorizationQuery)
        } else if let offer = subprotocols.first(where: { $0.hasPrefix(Self.subprotocolPrefix) }),
            offer != Self.subprotocolPrefix
        {
            self.init(value: String(offer.dropFirst(Self.subprotocolPrefix.count)), source: .subprotocol)
        } else {
            return nil
        }
    }

    /// The token of `Bearer <token>`; the scheme's case does not matter (protocol.md A.2 rule 6).
    private static func bearer(_ value: String?) -> String? {
        guard let words = value?.split(separator: " ", omittingEmptySubsequences: true), words.count == 2,
            words[0].lowercased() == "bearer"
        else { return nil }
        return String(words[1])
    }
}

extension HTTPField.Name {
    /// `api-key`
    static let apiKey = field("api-key")
    /// `OpenAI-Beta`
    static let openAIBeta = field("openai-beta")
    /// `x-ms-client-request-id`
    static let clientRequestID = field("x-ms-client-request-id")

    private static func field(_ name: String) -> HTTPField.Name {
        // Every name above is a token of RFC 9110, so the alternative is never taken.
        HTTPField.Name(name) ?? .from
    }
}

extension HTTPFields {
    /// The elements of a field that is a comma-separated list, over all its lines.
    func list(_ name: HTTPField.Name) -> [String] {
        self[values: name].flatMap { $0.split(separator: ",") }
            .map { String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
            .filter { !$0.isEmpty }
    }
}
