import HTTPTypes
import Testing

@testable import RealtimeServer

/// The table of protocol.md A.1 to A.3: what is asked, and in one line what becomes of it.
struct HandshakePolicyTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var target: String
        var fields: [(String, String)] = []
        var expected: String
        var testDescription: String {
            ([target] + fields.map { "\($0.0): \($0.1)" }).joined(separator: " ") + " → " + expected
        }

        init(_ target: String, _ fields: [(String, String)] = [], _ expected: String) {
            self.target = target
            self.fields = fields
            self.expected = expected
        }
    }

    static let preview = "/openai/realtime?api-version=2024-10-01-preview&deployment=gpt-4o-realtime-preview"
    static let azure = "/openai/v1/realtime?model=gpt-realtime"
    static let openAI = "/v1/realtime?model=gpt-realtime"
    static let key = [("api-key", "secret")]
    static let bearer = [("authorization", "Bearer secret")]

    /// `accept route dialect model, intent, call_id (credential's source)`, `status code` or `open code closeCode`.
    static func outcome(_ policy: HandshakePolicy, _ row: Row) -> String {
        switch policy.decide(request(row)) {
        case .success(let handshake):
            let dialect =
                switch handshake.dialect {
                case .preview(let version): "preview(\(version))"
                case .previewMarked: "marked"
                case .ga: "ga"
                }
            var words = ["accept", "\(handshake.route)", dialect, handshake.model ?? "-"]
            if handshake.intent == .transcription { words.append("transcription") }
            if let callID = handshake.callID { words.append(callID) }
            if let credential = handshake.credential { words.append("(\(credential.source))") }
            return words.joined(separator: " ")
        case .failure(.http(let refusal)):
            let code = refusal.body.split(separator: #""code":""#).dropFirst().first?.prefix { $0 != "\"" } ?? "-"
            return "\(refusal.status) \(code)"
        case .failure(.openThenRefuse(let refusal)):
            return "open \(refusal.code ?? "-") \(refusal.closeCode)"
        }
    }

    static func request(_ row: Row) -> HTTPRequest {
        var request = HTTPRequest(method: .get, scheme: nil, authority: "localhost:8080", path: row.target)
        for (name, value) in row.fields {
            if name == "host" {
                request.authority = value
            } else if let name = HTTPField.Name(name) {
                request.headerFields.append(HTTPField(name: name, value: value))
            }
        }
        return request
    }

    // MARK: With a key

    static let withKey: [Row] = [
        // The routes, the slash, the dialects.
        Row(preview, key, "accept azurePreview preview(2024-10-01-preview) gpt-4o-realtime-preview (apiKeyHeader)"),
        Row(
            "/openai/realtime/?api-version=2025-04-01-preview&deployment=gpt-realtime", key,
            "accept azurePreview preview(2025-04-01-preview) gpt-realtime (apiKeyHeader)"),
        Row(
            "/openai/realtime?deployment=gpt-realtime&api-version=2024-12-17", key,
            "accept azurePreview preview(2024-12-17) gpt-realtime (apiKeyHeader)"),
        Row(azure, key, "accept azureGA ga gpt-realtime (apiKeyHeader)"),
        Row("/openai/v1/realtime/?model=gpt-realtime", key, "accept azureGA ga gpt-realtime (apiKeyHeader)"),
        Row(openAI, bearer, "accept openAI ga gpt-realtime (authorizationHeader)"),
        Row("/v1/realtime/?model=gpt-realtime", bearer, "accept openAI ga gpt-realtime (authorizationHeader)"),
        Row(
            openAI, bearer + [("openai-beta", "realtime=v1")],
            "accept openAI marked gpt-realtime (authorizationHeader)"),
        Row(
            openAI, bearer + [("openai-beta", "assistants=v2, Realtime=V1")],
            "accept openAI marked gpt-realtime (authorizationHeader)"),
        Row(openAI, bearer + [("openai-beta", "responses=v1")], "accept openAI ga gpt-realtime (authorizationHeader)"),
        Row(
            openAI, [("sec-websocket-protocol", "realtime, openai-insecure-api-key.secret, openai-beta.realtime-v1")],
            "accept openAI marked gpt-realtime (subprotocol)"),
        Row(azure, key + [("openai-beta", "realtime=v1")], "accept azureGA ga gpt-realtime (apiKeyHeader)"),
        Row(
            preview, key + [("openai-beta", "realtime=v1")],
            "accept azurePreview preview(2024-10-01-preview) gpt-4o-realtime-preview (apiKeyHeader)"),
        // Where a credential can be.
        Row(azure, [("API-KEY", "secret")], "accept azureGA ga gpt-realtime (apiKeyHeader)"),
        Row(azure + "&api-key=secret", [], "accept azureGA ga gpt-realtime (apiKeyQuery)"),
        Row(azure, [("authorization", "bearer secret")], "accept azureGA ga gpt-realtime (authorizationHeader)"),
        Row(azure, [("Authorization", "BEARER  secret")], "accept azureGA ga gpt-realtime (authorizationHeader)"),
        Row(azure + "&Authorization=Bearer%20secret", [], "accept azureGA ga gpt-realtime (authorizationQuery)"),
        Row(azure + "&Authorization=Bearer+secret", [], "accept azureGA ga gpt-realtime (authorizationQuery)"),
        Row(
            openAI, [("sec-websocket-protocol", "realtime,openai-insecure-api-key.secret")],
            "accept openAI ga gpt-realtime (subprotocol)"),
        Row(
            openAI,
            [("sec-websocket-protocol", "realtime"), ("sec-websocket-protocol", "openai-insecure-api-key.secret")],
            "accept openAI ga gpt-realtime (subprotocol)"),
        Row(openAI + "&api-key=secret", [], "accept openAI ga gpt-realtime (apiKeyQuery)"),
        // Which one counts.
        Row(azure, [("authorization", "Bearer wrong")] + key, "401 401"),
        Row(
            azure, [("authorization", "Bearer secret"), ("api-key", "wrong")],
            "accept azureGA ga gpt-realtime (authorizationHeader)"),
        Row(azure + "&api-key=secret", [("api-key", "wrong")], "401 401"),
        Row(azure + "&api-key=secret&Authorization=Bearer%20wrong", [], "accept azureGA ga gpt-realtime (apiKeyQuery)"),
        Row(azure, [("authorization", "Basic secret")] + key, "accept azureGA ga gpt-realtime (apiKeyHeader)"),
        Row(azure, [("authorization", "Bearer")] + key, "accept azureGA ga gpt-realtime (apiKeyHeader)"),
        // Wrong and missing keys, by path.
        Row(preview, [], "401 401"),
        Row(preview, [("api-key", "wrong")], "401 401"),
        Row(preview, [("api-key", "secre")], "401 401"),
        Row(preview, [("api-key", "secrets")], "401 401"),
        Row(preview, [("api-key", "")], "401 401"),
        Row(azure, [], "401 401"),
        Row(azure + "&api-key=", [], "401 401"),
        Row(openAI, [], "open - 3000"),
        Row(openAI, [("authorization", "secret")], "open - 3000"),
        Row(openAI, [("authorization", "Bearer wrong")], "open invalid_api_key 3000"),
        Row(
            openAI, [("sec-websocket-protocol", "realtime, openai-insecure-api-key.wrong")], "open invalid_api_key 3000"
        ),
        Row(openAI, [("sec-websocket-protocol", "realtime, openai-insecure-api-key.")], "open - 3000"),
        Row("/v1/realtime", [], "open - 3000"),
        // With a key, the host and the origin do not matter.
        Row(
            azure, key + [("host", "voice.example.com"), ("origin", "https://app.example.com")],
            "accept azureGA ga gpt-realtime (apiKeyHeader)"),
        // Parameters.
        Row("/openai/realtime?deployment=gpt-realtime", key, "400 BadRequest"),
        Row("/openai/realtime?api-version=&deployment=gpt-realtime", key, "400 BadRequest"),
        Row("/openai/realtime?api-version=2024-10-01-preview", key, "400 BadRequest"),
        Row("/openai/realtime?api-version=v1&deployment=gpt-realtime", key, "404 404"),
        Row("/openai/realtime?api-version=2024-10-1&deployment=gpt-realtime", key, "404 404"),
        Row("/openai/realtime?api-version=2031-01-01-preview&deployment=gpt-realtime", key, "404 404"),
        Row("/openai/realtime?api-version=2024-10-21&deployment=gpt-realtime", key, "404 404"),
        Row(
            "/openai/realtime?api-version=2024-12-01-Preview&deployment=gpt-realtime", key,
            "accept azurePreview preview(2024-12-01-Preview) gpt-realtime (apiKeyHeader)"),
        Row("/openai/realtime?api-version=2024-10-01-beta&deployment=gpt-realtime", key, "404 404"),
        Row(
            "/openai/realtime?api-version=2025-04-01-preview&intent=transcription", key,
            "accept azurePreview preview(2025-04-01-preview) - transcription (apiKeyHeader)"),
        Row(azure + "&api-version=2024-10-01-preview", key, "400 BadRequest"),
        Row(azure + "&api-version", key, "400 BadRequest"),
        Row("/openai/v1/realtime", key, "400 BadRequest"),
        Row("/openai/v1/realtime?model=", key, "400 BadRequest"),
        Row("/openai/v1/realtime?model=gpt-realtime&call_id=rtc_1", key, "400 BadRequest"),
        Row("/openai/v1/realtime?intent=transcription", key, "accept azureGA ga - transcription (apiKeyHeader)"),
        Row("/openai/v1/realtime?call_id=rtc_1", key, "accept azureGA ga - rtc_1 (apiKeyHeader)"),
        Row("/v1/realtime?intent=transcription", bearer, "accept openAI ga - transcription (authorizationHeader)"),
        Row(
            openAI + "&intent=transcription", bearer,
            "accept openAI ga gpt-realtime transcription (authorizationHeader)"),
        Row(openAI + "&intent=chat", bearer, "accept openAI ga gpt-realtime (authorizationHeader)"),
        Row("/v1/realtime", bearer, "open missing_model 4000"),
        Row("/v1/realtime?model", bearer, "open missing_model 4000"),
        Row("/v1/realtime?intent=chat", bearer, "open missing_model 4000"),
        Row("/v1/realtime?model=gpt-realtime&call_id=rtc_1", bearer, "open - 4000"),
        Row("/v1/realtime?Model=gpt-realtime", bearer, "accept openAI ga gpt-realtime (authorizationHeader)"),
        Row("/v1/realtime?model=gpt%2Drealtime", bearer, "accept openAI ga gpt-realtime (authorizationHeader)"),
        Row("/v1/realtime?model=gpt-realtime%", bearer, "open invalid_model 4000"),
        Row("/v1/realtime?model=%FF%00", bearer, "open invalid_model 4000"),
        Row(
            "/v1/realtime?&&=&model=gpt-realtime&model=other", bearer,
            "accept openAI ga gpt-realtime (authorizationHeader)"),
        // Models.
        Row(
            "/v1/realtime?model=gpt-4o-mini-realtime-preview", bearer,
            "accept openAI ga gpt-4o-mini-realtime-preview (authorizationHeader)"),
        Row("/v1/realtime?model=gpt-realtime-mini", bearer, "accept openAI ga gpt-realtime-mini (authorizationHeader)"),
        Row(
            "/v1/realtime?model=gpt-4o-realtime-preview-2024-12-17", bearer,
            "accept openAI ga gpt-4o-realtime-preview-2024-12-17 (authorizationHeader)"),
        Row("/v1/realtime?model=gpt-4o-realtime-preview-2024", bearer, "open invalid_model 4000"),
        Row("/v1/realtime?model=gpt-4o-2024-12-17", bearer, "open invalid_model 4000"),
        // What current frameworks ask for by default.
        Row(
            "/v1/realtime?model=gpt-realtime-2.1", bearer, "accept openAI ga gpt-realtime-2.1 (authorizationHeader)"),
        Row("/v1/realtime?model=gpt-realtime-2x", bearer, "open invalid_model 4000"),
        Row("/v1/realtime?model=-2", bearer, "open invalid_model 4000"),
        Row("/v1/realtime?model=gpt-4o", bearer, "open invalid_model 4000"),
        Row("/openai/v1/realtime?model=my-deployment", key, "404 DeploymentNotFound"),
        Row("/openai/realtime?api-version=2024-10-01-preview&deployment=my-deployment", key, "404 DeploymentNotFound"),
        // Other paths.
        Row("/v1/realtimes?model=gpt-realtime", bearer, "404 unknown_url"),
        Row("/v1/realtime/translations?model=gpt-realtime", bearer, "404 unknown_url"),
        Row("/openai/realtime/v1?model=gpt-realtime", key, "404 unknown_url"),
        Row("/V1/realtime?model=gpt-realtime", bearer, "404 unknown_url"),
        Row("/v1/realtime//?model=gpt-realtime", bearer, "404 unknown_url"),
        Row("/", bearer, "404 unknown_url"),
        Row("", bearer, "404 unknown_url"),
    ]

    @Test(arguments: withKey)
    func withAKey(_ row: Row) {
        let policy = HandshakePolicy(keys: APIKeys(["other", "secret"]), deployments: Deployments())
        #expect(Self.outcome(policy, row) == row.expected)
    }

    // MARK: Without a key

    static let withoutKey: [Row] = [
        Row(azure, [], "accept azureGA ga gpt-realtime"),
        Row(azure, [("api-key", "whatever")], "accept azureGA ga gpt-realtime (apiKeyHeader)"),
        Row(openAI, [("authorization", "Bearer whatever")], "accept openAI ga gpt-realtime (authorizationHeader)"),
        Row(preview, [], "accept azurePreview preview(2024-10-01-preview) gpt-4o-realtime-preview"),
        Row(azure, [("host", "localhost")], "accept azureGA ga gpt-realtime"),
        Row(azure, [("host", "LocalHost:1234")], "accept azureGA ga gpt-realtime"),
        Row(azure, [("host", "127.0.0.1:1")], "accept azureGA ga gpt-realtime"),
        Row(azure, [("host", "[::1]:8080")], "accept azureGA ga gpt-realtime"),
        Row(azure, [("host", "[::1]")], "accept azureGA ga gpt-realtime"),
        Row(azure, [("host", "example.com")], "403 host_not_allowed"),
        Row(azure, [("host", "localhost.example.com")], "403 host_not_allowed"),
        Row(azure, [("host", "localhost:")], "403 host_not_allowed"),
        Row(azure, [("host", "localhost:+80")], "403 host_not_allowed"),
        Row(azure, [("host", "localhost:80@example.com")], "403 host_not_allowed"),
        Row(azure, [("host", "127.0.0.2")], "403 host_not_allowed"),
        Row(azure, [("host", "192.168.0.7:8080")], "403 host_not_allowed"),
        Row(azure, [("host", "")], "403 host_not_allowed"),
        Row(openAI, [("host", "example.com")], "403 host_not_allowed"),
        Row(azure, [("origin", "http://localhost:3000")], "accept azureGA ga gpt-realtime"),
        Row(azure, [("origin", "https://127.0.0.1")], "accept azureGA ga gpt-realtime"),
        Row(azure, [("origin", "http://[::1]:5173")], "accept azureGA ga gpt-realtime"),
        Row(azure, [("origin", "https://example.com")], "403 origin_not_allowed"),
        Row(azure, [("origin", "http://localhost.example.com")], "403 origin_not_allowed"),
        Row(azure, [("origin", "null")], "403 origin_not_allowed"),
        Row(azure, [("origin", "file://")], "403 origin_not_allowed"),
        Row(openAI, [("origin", "http://localhost"), ("origin", "https://example.com")], "403 origin_not_allowed"),
        Row("/unknown", [("origin", "https://example.com")], "403 origin_not_allowed"),
    ]

    @Test(arguments: withoutKey)
    func withoutAKey(_ row: Row) {
        let policy = HandshakePolicy(keys: APIKeys([""]), deployments: Deployments())
        #expect(Self.outcome(policy, row) == row.expected)
    }

    @Test func anyModel() throws {
        let mine = Deployments(
            [try Deployment("mine", modelName: "gpt-realtime", version: nil)], acceptsAnyModel: true)
        let policy = HandshakePolicy(keys: APIKeys([]), deployments: mine)
        #expect(Self.outcome(policy, Row("/v1/realtime?model=gpt-9", [], "")) == "accept openAI ga gpt-9")
        #expect(policy.deployments["gpt-9"]?.name == "gpt-realtime")
        #expect(policy.deployments["mine"]?.name == "mine")
        #expect(policy.deployments["mine-2026-01-01"]?.name == "mine")
    }

    // MARK: Answers

    @Test(
        arguments: [
            ([], nil), (["realtime"], "realtime"), (["openai-insecure-api-key.k", "realtime"], "realtime"),
            (["openai-beta.realtime-v1", "realtime"], "realtime"),
            (["openai-beta.realtime-v1"], "openai-beta.realtime-v1"),
            (["openai-insecure-api-key.k"], nil), (["openai-organization.o", "openai-project.p", "chat"], "chat"),
        ] as [([String], String?)])
    func subprotocols(offered: [String], answered: String?) {
        let fields = offered.isEmpty ? [] : [("sec-websocket-protocol", offered.joined(separator: ", "))]
        let handshake = Handshake(Self.request(Row(Self.openAI, fields, "")))
        #expect(handshake?.subprotocols == offered)
        #expect(handshake?.responseFields[.secWebSocketProtocol] == answered)
    }

    @Test func theRequestIDIsEchoedFromHeaderOrQuery() {
        func echoed(_ target: String, _ fields: [(String, String)]) -> String? {
            Handshake(Self.request(Row(target, fields, "")))?.responseFields[.clientRequestID]
        }
        #expect(echoed(Self.preview, [("x-ms-client-request-id", "a-1")]) == "a-1")
        #expect(echoed(Self.preview + "&x-ms-client-request-id=b-2", []) == "b-2")
        #expect(echoed(Self.preview + "&x-ms-client-request-id=b%0D%0Ax:y", []) == nil)
        #expect(echoed(Self.preview, [("x-ms-client-request-id", String(repeating: "x", count: 129))]) == nil)
        #expect(echoed(Self.preview, []) == nil)
    }

    @Test func theMessagesNameTheRemedyAndNeverTheKey() throws {
        let policy = HandshakePolicy(keys: APIKeys(["right-key-0123456789"]), deployments: Deployments())
        let wrong = "wrong-key-0123456789abcdef"
        let row = Row(Self.openAI, [("authorization", "Bearer \(wrong)")], "")
        guard case .failure(.openThenRefuse(let refusal)) = policy.decide(Self.request(row)) else {
            Issue.record("not refused")
            return
        }
        #expect(refusal.message.hasPrefix("Incorrect API key provided: wro********cdef. "))
        #expect(refusal.closeReason == "invalid_request_error.invalid_api_key")
        #expect(
            refusal.event(id: "event_1")
                == #"{"type":"error","event_id":"event_1","error":{"type":"invalid_request_error","code":"invalid_api_key","message":""#
                + refusal.message + #"","param":null,"event_id":null}}"#)
        let handshake = try #require(Handshake(Self.request(row)))
        #expect(!"\(handshake)".contains(wrong))
    }

    @Test func quotedText() {
        #expect(ErrorBody.quote("a\"b\\c\n\u{1}é😀") == #""a\"b\\c\n\u0001é😀""#)
        #expect(ErrorBody.quote(nil) == "null")
    }
}
