import Foundation
import RealtimeProtocol
import RealtimeTesting
import SessionCore
import Synchronization
import Testing

@testable import RealtimeClient
@testable import RealtimeServer

/// Client secrets: given out by REST, good for a while, and with the settings of the session that they open
/// (protocol.md A.6, H row 41).
@Suite(.serialized) struct ClientSecretTests {
    /// A server that holds conversations with scripted engines.
    private static func serve(
        _ body: (TestServer) async throws -> Void, configure: (inout ServerConfiguration) -> Void = { _ in }
    ) async throws {
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(ScriptedEngines().cascade)
        try await TestServer.with(conversations, configure: configure, body)
    }

    private static func firstEvent(_ socket: WebSocketTransport) async throws -> JSONValue {
        for try await case .text(let text) in socket.messages {
            return try JSONValue(parsing: Array(text.utf8))
        }
        return .null
    }

    @Test("a secret opens a session with its settings, as Bearer and as subprotocol")
    func opens() async throws {
        try await Self.serve { server in
            let made = try await server.post(
                "/v1/realtime/client_secrets",
                """
                {"expires_after":{"anchor":"created_at","seconds":60},
                 "session":{"type":"realtime","model":"gpt-realtime-mini","instructions":"Be brief.",
                            "audio":{"output":{"voice":"marin"}}}}
                """, key: "master")
            #expect(made.status == 200)
            let value = try #require(made.body["value"]?.string)
            #expect(value.hasPrefix("ek_"))
            #expect(made.body["session"]?["instructions"] == "Be brief.")
            #expect(made.body["session"]?["expires_at"] == 0)
            #expect(made.body["session"]?["object"] == "realtime.session")
            let sockets = [
                try await server.connect(
                    "/v1/realtime", headers: [Header(name: "Authorization", value: "Bearer \(value)")]),
                try await server.connect(
                    "/openai/v1/realtime?model=gpt-realtime",
                    subprotocols: ["realtime", "openai-insecure-api-key.\(value)"]),
            ]
            for (socket, model) in zip(sockets, ["gpt-realtime-mini", "gpt-realtime"]) {
                let event = try await Self.firstEvent(socket)
                #expect(event["type"] == "session.created")
                #expect(event["session"]?["instructions"] == "Be brief.")
                #expect(event["session"]?["audio"]?["output"]?["voice"] == "marin")
                #expect(event["session"]?["model"]?.string == model)
                await socket.close()
            }
        } configure: {
            $0.apiKeys = ["master"]
        }
    }

    @Test("the preview's two endpoints show a session of their kind, with the secret in it")
    func preview() async throws {
        try await Self.serve { server in
            let session = try await server.post(
                "/openai/realtimeapi/sessions?api-version=2025-04-01-preview",
                #"{"model":"gpt-4o-realtime-preview","voice":"verse","temperature":0.7,"modalities":["text"]}"#)
            #expect(session.status == 200)
            #expect(session.body["voice"] == "verse")
            #expect(session.body["modalities"] == ["text"])
            let value = try #require(session.body["client_secret"]?["value"]?.string)
            let socket = try await server.connect(
                "/openai/realtime?api-version=2025-04-01-preview&deployment=gpt-4o-realtime-preview&api-key=\(value)")
            let opened = try await Self.firstEvent(socket)
            #expect(opened["session"]?["temperature"] == 0.7)
            await socket.close()
            // GA has no temperature; the rest of the settings fits.
            let other = try await server.connect(headers: [Header(name: "Authorization", value: "Bearer \(value)")])
            let openedByGA = try await Self.firstEvent(other)
            #expect(openedByGA["session"]?["output_modalities"] == ["text"])
            await other.close()

            let transcription = try await server.post(
                "/v1/realtime/transcription_sessions", #"{"input_audio_transcription":{"model":"whisper-1"}}"#)
            #expect(transcription.body["object"] == "realtime.transcription_session")
            #expect(transcription.body["input_audio_transcription"]?["model"] == "whisper-1")
            let secret = try #require(transcription.body["client_secret"]?["value"]?.string)
            let listener = try await server.connect(
                "/v1/realtime?intent=transcription",
                subprotocols: ["realtime", "openai-insecure-api-key.\(secret)", "openai-beta.realtime-v1"])
            let first = try await Self.firstEvent(listener)
            #expect(first["type"] == "transcription_session.created")
            #expect(first["session"]?["input_audio_transcription"]?["model"] == "whisper-1")
            await listener.close()
        }
    }

    struct Wrong: Sendable, CustomTestStringConvertible {
        var path = "/v1/realtime/client_secrets"
        var body: String
        var status = 400
        var code: String
        var param: String?
        var testDescription: String { "\(path) \(body)" }
    }

    static let wrongRequests: [Wrong] = [
        Wrong(body: "{", code: "invalid_json"),
        Wrong(body: "[]", code: "invalid_type", param: "body"),
        Wrong(body: #"{"model":"gpt-realtime"}"#, code: "unknown_parameter", param: "model"),
        Wrong(body: #"{"session":{}}"#, code: "missing_required_parameter", param: "session.type"),
        Wrong(body: #"{"session":{"type":"video"}}"#, code: "invalid_value", param: "session.type"),
        Wrong(
            body: #"{"session":{"type":"realtime","speed":2}}"#, code: "unknown_parameter", param: "session.speed"),
        Wrong(
            body: #"{"session":{"type":"realtime","model":"gpt-9"}}"#, code: "model_not_found", param: "model"),
        Wrong(
            body: #"{"expires_after":{"anchor":"created_at","seconds":5}}"#, code: "integer_below_min_value",
            param: "expires_after.seconds"),
        Wrong(
            body: #"{"expires_after":{"anchor":"now"}}"#, code: "invalid_value", param: "expires_after.anchor"),
        Wrong(
            body: #"{"session":{"type":"transcription","audio":{"input":{"transcription":{"language":"xx"}}}}}"#,
            code: "invalid_value", param: "session.audio.input.transcription.language"),
        Wrong(
            path: "/v1/realtime/sessions", body: #"{"temperature":9}"#, code: "decimal_above_max_value",
            param: "session.temperature"),
        Wrong(
            path: "/openai/realtimeapi/sessions", body: #"{"model":"nobody"}"#, status: 404,
            code: "DeploymentNotFound"),
    ]

    @Test("what is wrong with a request is named", arguments: wrongRequests)
    func wrongRequest(row: Wrong) async throws {
        try await Self.serve { server in
            let answer = try await server.post(row.path, row.body)
            #expect(answer.status == row.status)
            #expect(answer.body["error"]?["code"]?.string == row.code)
            #expect(answer.body["error"]?["param"]?.string == row.param)
        }
    }

    @Test("a secret is given out for a key only, and opens nothing once it has expired")
    func refused() async throws {
        let time = Mutex(1000)
        let secrets = ClientSecrets { time.withLock { $0 } }
        let secret = secrets.issue(.realtime, model: "gpt-realtime", settings: [:], for: 10)
        #expect(secrets.find(secret.value) == secret)
        time.withLock { $0 = 1010 }
        #expect(secrets.find(secret.value) == nil)
        #expect(!"\(secret)".contains(secret.value))
        try await Self.serve { server in
            // Also where no key is needed.
            let socket = try await server.connect(headers: [
                Header(name: "Authorization", value: "Bearer \(secret.value)")
            ])
            let refused = try await Self.firstEvent(socket)
            #expect(refused["error"]?["code"] == "invalid_api_key")
        }
        try await Self.serve { server in
            for (key, status) in [(nil, 401), ("wrong", 401), ("master", 200)] {
                let answer = try await server.post("/v1/realtime/client_secrets", "", key: key)
                #expect(answer.status == status)
            }
        } configure: {
            $0.apiKeys = ["master"]
        }
    }
}

extension TestServer {
    func post(_ path: String, _ body: String, key: String? = nil) async throws -> (status: Int, body: JSONValue) {
        let answer = Mutex<(head: String, body: String)>(("", ""))
        try await RawSocket.with(self) { socket in
            var lines = ["POST \(path) HTTP/1.1", "Host: localhost", "Content-Length: \(body.utf8.count)"]
            if let key { lines.append("Authorization: Bearer \(key)") }
            let read = try socket.request(lines: lines, body: body)
            answer.withLock { $0 = read }
        }
        let (head, text) = answer.withLock { $0 }
        let status = head.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        return (status, try JSONValue(parsing: Array(text.utf8)))
    }
}
