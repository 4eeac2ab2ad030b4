import Foundation
import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import SessionCore
import Synchronization
import Testing

@testable import RealtimeServer

/// A server that trusts an issuer which is really there: who gets in with a token, and what others are told.
@Suite(.serialized) struct TokenServerTests {
    private static let assignments = [
        RoleAssignment(.cognitiveServicesOpenAIUser, to: .group("group-1")),
        RoleAssignment(.cognitiveServicesContributor, to: .subject("boss")),
    ]

    private struct Place {
        var server: TestServer
        var issuer: LittleServer
        var key: TestKey

        /// A good token, valid for an hour, unless it is changed.
        func token(_ change: (inout TestToken) -> Void = { _ in }) throws -> String {
            var token = TestToken(key, "ES256", issuer: issuer.url)
            let now = Date().timeIntervalSince1970.rounded()
            (token.claims["iat"], token.claims["nbf"]) = (.number(now), .number(now))
            token.claims["exp"] = .number(now + 3600)
            change(&token)
            return try token.signed
        }

        func bearer(_ token: String) -> [Header] { [Header(name: "Authorization", value: "Bearer \(token)")] }
    }

    private static func serve(
        isAway: Bool = false, configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (Place) async throws -> Void
    ) async throws {
        let key = TestKey.elliptic("ec-1")
        let issuer = try LittleServer(isAway: isAway)
        let document: JSON = ["issuer": .text(issuer.url), "jwks_uri": .text(issuer.url + "/keys")]
        issuer.answer("/.well-known/openid-configuration", .init(body: try document.string))
        issuer.answer("/keys", .init(body: try JSON.object(["keys": .array([.object(key.published)])]).string))
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(ScriptedEngines().cascade)
        let trusted = try TokenIssuer(issuer.url)
        try await TestServer.with(
            conversations,
            configure: {
                $0.apiKeys = ["a-key"]
                $0.tokenIssuers = [trusted]
                $0.roleAssignments = assignments
                configure(&$0)
            }
        ) { try await body(Place(server: $0, issuer: issuer, key: key)) }
    }

    private static let azure = "/openai/realtime?api-version=2024-12-17&deployment=gpt-4o-realtime-preview"

    @Test("a token with a role opens a session on each path, as header and as subprotocol; a key still does")
    func opens() async throws {
        try await Self.serve { place in
            let token = try place.token()
            let sockets = [
                try await place.server.connect(Self.azure, headers: place.bearer(token)),
                try await place.server.connect("/openai/v1/realtime?model=gpt-realtime", headers: place.bearer(token)),
                try await place.server.connect(
                    subprotocols: ["realtime", "openai-insecure-api-key.\(token)", "openai-beta.realtime-v1"]),
                try await place.server.connect(headers: place.bearer("a-key")),
            ]
            for socket in sockets {
                var reader = EventReader(socket)
                #expect(try await reader.next()["type"] == "session.created")
                await socket.close()
            }
            #expect(place.issuer.requests.count == 2)
            let log = place.server.log.lines.joined(separator: "\n")
            #expect(log.contains("by=Ada (object-1)") && !log.contains(token.suffix(20)))
        }
    }

    @Test("Azure's paths refuse with a status and Azure's body")
    func refusesOnAzure() async throws {
        try await Self.serve { place in
            let strange: [(String, Int, String, String)] = [
                (
                    try place.token { $0.claims["aud"] = "https://other.example.com" }, 401, "401",
                    "The bearer token is for another service."
                ),
                (try place.token { $0.claims["exp"] = .number(1_700_000_000) }, 401, "401", "The bearer token expired"),
                (try place.token { $0.header["alg"] = "none" }, 401, "401", "not signed in a way"),
                (
                    try place.token { $0.claims["iss"] = "https://evil.example.com" }, 401, "401",
                    "of an issuer that this server does not trust"
                ),
                (
                    try place.token { $0.claims["groups"] = [] }, 403, "PermissionDenied",
                    "The principal `object-1` lacks the required data action"
                ),
            ]
            for (token, status, code, words) in strange {
                let answer = try await place.server.refusal(Self.azure, ["Authorization: Bearer \(token)"])
                #expect(answer.head.hasPrefix("HTTP/1.1 \(status)"))
                #expect(answer.body["error"]?["code"]?.string == code)
                #expect(answer.body["error"]?["message"]?.string?.contains(words) == true)
                #expect(answer.head.lowercased().contains("www-authenticate: bearer") == (status == 401))
            }
        }
    }

    @Test("/v1/realtime opens, says why, and closes with 3000")
    func refusesOnOpenAI() async throws {
        try await Self.serve { place in
            for (token, code) in [
                (try place.token { $0.claims["exp"] = .number(1_700_000_000) }, "invalid_api_key"),
                (try place.token { $0.claims["groups"] = [] }, "insufficient_permissions"),
            ] {
                var reader = EventReader(try await place.server.connect(headers: place.bearer(token)))
                let event = try await reader.next()
                #expect(event["type"] == "error" && event["error"]?["code"]?.string == code)
                #expect(await reader.closeCode() == 3000)
            }
        }
    }

    @Test("without the issuer's keys nobody is let in, and is told when to try again")
    func issuerAway() async throws {
        try await Self.serve(isAway: true) { place in
            let answer = try await place.server.refusal(
                Self.azure, ["Authorization: Bearer \(try place.token())"])
            #expect(answer.head.hasPrefix("HTTP/1.1 503") && answer.head.lowercased().contains("retry-after: 30"))
            var reader = EventReader(try await place.server.connect(headers: place.bearer(try place.token())))
            #expect(try await reader.next()["error"]?["code"] == "not_ready")
            #expect(await reader.closeCode() == 1013)
        }
    }

    @Test("deployments and keys are for contributors; a client secret counts as whoever made it")
    func management() async throws {
        try await Self.serve { place in
            let user = try place.token()
            let boss = try place.token { $0.claims["oid"] = "boss" }
            let path = "/accounts/me/regenerateKey"
            let body = #"{"keyName":"Key1"}"#
            let asKey = try await place.server.post(path, body, key: "a-key")
            #expect(asKey.status == 403 && asKey.body["error"]?["code"] == "PermissionDenied")
            let asUser = try await place.server.post(path, body, key: user)
            #expect(asUser.status == 403)
            #expect(asUser.body["error"]?["message"]?.string?.contains("Cognitive Services Contributor") == true)
            #expect(try await place.server.post(path, body, key: boss).status == 200)
            #expect(try await place.server.post(path, body).status == 401)
            let secret = try await place.server.post("/v1/realtime/client_secrets", "{}", key: user)
            var reader = EventReader(
                try await place.server.connect(headers: place.bearer(try #require(secret.body["value"]?.string))))
            #expect(try await reader.next()["type"] == "session.created")
            await reader.socket.close()
            #expect(place.server.log.lines.contains { $0.contains("by=client secret of Ada (object-1)") })
        }
    }

    @Test("a token that expires ends its session with an event and 1001, if the operator wants that")
    func expires() async throws {
        // A token is accepted 300 seconds longer than it says.
        func ending(_ place: Place) throws -> String {
            try place.token { $0.claims["exp"] = .number(Date().timeIntervalSince1970.rounded() - 298) }
        }
        try await Self.serve(configure: { $0.endExpiredSessions = true }) { place in
            var reader = EventReader(try await place.server.connect(headers: place.bearer(try ending(place))))
            #expect(try await reader.next()["type"] == "session.created")
            let event = try await reader.next()
            #expect(event["error"]?["code"] == "session_expired")
            #expect(event["error"]?["message"]?.string?.contains("The token with which") == true)
            #expect(await reader.closeCode() == 1001)
        }
        try await Self.serve { place in
            var reader = EventReader(try await place.server.connect(headers: place.bearer(try ending(place))))
            #expect(try await reader.next()["type"] == "session.created")
            try await Task.sleep(for: .seconds(3.5))
            try await reader.socket.send(text: #"{"type":"input_audio_buffer.clear"}"#)
            #expect(try await reader.next()["type"] == "input_audio_buffer.cleared")
            await reader.socket.close()
        }
    }

    @Test("who may go on: a table of what was shown and what became of it")
    func goingOn() async throws {
        let ring = try KeyRing(ServerConfiguration(), ServerDatabase())
        let value = try await ring.regenerate(.key1)
        let key = try #require(ring.current.find(value))
        let policy = HandshakePolicy(keys: ring.current, deployments: Deployments())
        let secret = ClientSecret(
            value: "ek_1", expiresAt: 100, kind: .realtime, model: "gpt-realtime", settings: [:], issuer: .key(key))
        #expect(policy.ending(of: .anybody, at: 1000) == nil)
        #expect(policy.ending(of: .key(key), at: 1000) == nil)
        #expect(policy.ending(of: .secret(secret), at: 99) == nil)
        #expect(policy.ending(of: .secret(secret), at: 100)?.closeCode == 1001)
        _ = try await ring.regenerate(.key1)
        #expect(policy.ending(of: .key(key), at: 1000)?.closeCode == 3000)
        #expect(policy.ending(of: .key(key), at: 1000)?.error.code == "credential_revoked")
        #expect(policy.ending(of: .secret(secret), at: 99)?.closeCode == 3000)
        #expect(policy.ending(of: .anybody, at: 1000) == nil)
    }
}

/// A client that reads one event after another.
struct EventReader: ~Copyable {
    let socket: WebSocketTransport
    private var messages: WebSocketTransport.Messages.AsyncIterator

    init(_ socket: WebSocketTransport) {
        self.socket = socket
        messages = socket.messages.makeAsyncIterator()
    }

    /// The next event; `null` at the end.
    mutating func next() async throws -> JSONValue {
        while let message = try await messages.next() {
            if case .text(let text) = message { return try JSONValue(parsing: Array(text.utf8)) }
        }
        return .null
    }

    /// Reads to the end; how the server closed.
    mutating func closeCode() async -> UInt16? {
        while let event = try? await next(), event != .null {}
        return socket.closeStatus?.code
    }
}

extension TestServer {
    /// What a WebSocket handshake is answered with that is not let in.
    func refusal(_ target: String, _ more: [String]) async throws -> (head: String, body: JSONValue) {
        try await answer(
            [
                "GET \(target) HTTP/1.1", "Host: localhost", "Connection: Upgrade", "Upgrade: websocket",
                "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ] + more)
    }

    /// The answer to one request.
    func answer(_ lines: [String]) async throws -> (head: String, body: JSONValue) {
        let answer = Mutex<(head: String, body: String)>(("", ""))
        try await RawSocket.with(self) { socket in
            let read = try socket.request(lines: lines)
            answer.withLock { $0 = read }
        }
        let (head, body) = answer.withLock { $0 }
        return (head, try JSONValue(parsing: Array(body.utf8)))
    }
}
