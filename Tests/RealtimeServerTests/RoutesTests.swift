import RealtimeProtocol
import RealtimeServer
import SessionCore
import Testing

@testable import RealtimeServer

@Suite(.serialized)
struct RoutesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var request: String
        var status: Int
        var body: String
        var testDescription: String { request }
        init(_ request: String, _ status: Int, _ body: String) {
            self.request = request
            self.status = status
            self.body = body
        }
    }

    static let rows: [Row] = [
        Row("GET /healthz", 200, #"{"status":"ok"}"#),
        Row("GET /healthz/", 200, #"{"status":"ok"}"#),
        Row("GET /healthz?x=1", 200, #"{"status":"ok"}"#),
        Row("GET /readyz", 200, #"{"status":"ready"}"#),
        Row(
            "GET /v1/models", 200,
            #"{"object":"list","data":[{"id":"gpt-4o-realtime-preview","object":"model","created":"#),
        Row("GET /openai/v1/models", 200, #"{"object":"list","data":[{"id":"gpt-4o-realtime-preview""#),
        Row(
            "GET /openai/models?api-version=2024-10-21", 200,
            #"{"object":"list","data":[{"id":"gpt-4o-realtime-preview""#),
        Row("GET /v1/models/gpt-realtime", 200, #"{"id":"gpt-realtime","object":"model","created":"#),
        Row("GET /openai/v1/models/gpt-realtime-mini", 200, #"{"id":"gpt-realtime-mini""#),
        Row("GET /v1/models/gpt-4o-realtime-preview-2024-12-17", 200, #"{"id":"gpt-4o-realtime-preview-2024-12-17""#),
        Row("GET /v1/models/mine", 404, #"{"error":{"message":"The model 'mine' does not exist."#),
        Row("GET /v1/realtime?model=gpt-realtime", 426, #"{"error":{"message":"This path speaks WebSocket"#),
        Row("GET /openai/realtime/", 426, #"{"error":{"message":"This path speaks WebSocket"#),
        Row("GET /openai/v1/realtime", 426, #"{"error":{"message":"This path speaks WebSocket"#),
        Row(
            "GET /v1/chat", 404,
            #"{"error":{"message":"Invalid URL (GET /v1/chat)","type":"invalid_request_error","param":null,"code":"unknown_url"}}"#
        ),
        Row("POST /v1/models", 404, #"{"error":{"message":"Invalid URL (POST /v1/models)""#),
        Row("DELETE /", 404, #"{"error":{"message":"Invalid URL (DELETE /)""#),
        Row("GET /a\"b", 404, #"{"error":{"message":"Invalid URL (GET /a\"b)""#),
        Row("GET /healthz HTTP/1.1\r\nHost: evil.example", 400, "more than one Host"),
        // What NIO's upgrade handler would leave without an answer.
        Row("GET /healthz HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c", 200, #"{"status":"ok"}"#),
        Row(
            "GET /healthz HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8", 200,
            #"{"status":"ok"}"#),
        Row(
            "GET /v1/realtime HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12"
                + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 426, "WebSocket"),
        Row(
            "GET /v1/realtime HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13", 426,
            "WebSocket"),
        Row(
            "GET /v1/realtime HTTP/1.1\r\nConnection: close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", 426, "WebSocket"),
        Row(
            "GET /v1/realtime HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: short", 426, "WebSocket"),
        Row(
            "POST /v1/realtime HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 0", 404, "unknown_url"),
    ]

    @Test func everyPathHasAnAnswer() async throws {
        try await TestServer.with { server in
            for row in Self.rows {
                try await RawSocket.with(server) { socket in
                    let line = row.request.contains("HTTP/1.1") ? row.request : row.request + " HTTP/1.1"
                    let (head, body) = try socket.request(line, "Host: localhost")
                    #expect(head.hasPrefix("HTTP/1.1 \(row.status) "), "\(row.request): \(head)")
                    #expect(body.contains(row.body), "\(row.request): \(body)")
                    #expect(head.lowercased().contains("content-type: application/json"), "\(row.request): \(head)")
                }
            }
        }
    }

    @Test func aPlainGetSaysWhatIsMissing() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                let (head, _) = try socket.request("GET /v1/realtime HTTP/1.1", "Host: localhost")
                #expect(head.lowercased().contains("\r\nupgrade: websocket\r\n"))
                #expect(head.lowercased().contains("\r\nsec-websocket-version: 13\r\n"))
            }
        }
    }

    @Test func anUpgradeAfterAnotherRequestIsAnswered() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                let head = try socket.request("GET /healthz HTTP/1.1", "Host: localhost").head
                #expect(head.hasPrefix("HTTP/1.1 200"))
                #expect(throws: RawSocket.Failure.self) { try socket.upgrade() }
            }
        }
    }

    @Test func theTimesOfTheLatestAnswersAreForKeyHolders() async throws {
        let conversations = Conversations(rules: Session.Rules())
        var timing = TurnTiming(response: "resp_1", item: "item_1", startedAt: 1_790_000_000_000)
        for firstSent in [400, 500, 900] {
            timing.firstSent = firstSent
            conversations.turns?.note(timing, session: "sess_1")
        }
        try await TestServer.with(conversations, configure: { $0.apiKeys = ["hush-hush"] }) { server in
            let expected = #"{"response_id":"resp_1","item_id":"item_1","started_at":1790000000000,"first_sent":400,"#
            let summary = #""summary":{"first_sent":{"count":3,"p50_ms":500,"p95_ms":900}}}"#
            for (key, status, body) in [("wrong", 401, ""), ("hush-hush", 200, expected), ("hush-hush", 200, summary)] {
                try await RawSocket.with(server) { socket in
                    let answer = try socket.request(
                        "GET /admin/turns HTTP/1.1", "Host: localhost", "Authorization: Bearer \(key)")
                    #expect(answer.head.hasPrefix("HTTP/1.1 \(status) "))
                    #expect(answer.body.contains(body))
                }
            }
        }
    }

    @Test func prometheusReadsTheTimesOfAllAnswers() async throws {
        let conversations = Conversations(rules: Session.Rules())
        var timing = TurnTiming(response: "resp_1", item: "item_1", startedAt: 1_790_000_000_000)
        timing.status = .completed
        for firstSent in [120, 400] {
            timing.firstSent = firstSent
            conversations.turns?.note(timing, session: "sess_1")
        }
        try await TestServer.with(conversations, configure: { $0.apiKeys = ["hush-hush"] }) { server in
            try await RawSocket.with(server) { socket in
                let head = try socket.request("GET /metrics HTTP/1.1", "Host: localhost").head
                #expect(head.hasPrefix("HTTP/1.1 401 "))
            }
            try await RawSocket.with(server) { socket in
                let answer = try socket.request(
                    "GET /metrics HTTP/1.1", "Host: localhost", "Authorization: Bearer hush-hush")
                for line in [
                    #"vivavoce_answers_total{status="completed"} 2"#,
                    "# TYPE vivavoce_turn_step_seconds histogram",
                    #"vivavoce_turn_step_seconds_bucket{step="first_sent",le="0.1"} 0"#,
                    #"vivavoce_turn_step_seconds_bucket{step="first_sent",le="0.15"} 1"#,
                    #"vivavoce_turn_step_seconds_bucket{step="first_sent",le="+Inf"} 2"#,
                    #"vivavoce_turn_step_seconds_count{step="first_sent"} 2"#,
                    #"vivavoce_prepared_answers_total{outcome="adopted"} 0"#,
                ] { #expect(answer.body.contains(line + "\n"), "\(line)") }
            }
        }
    }

    @Test func theListOfModelsAsksForTheKey() async throws {
        try await TestServer.with(configure: { $0.apiKeys = ["hush-hush"] }) { server in
            for (lines, status) in [
                (["GET /v1/models HTTP/1.1"], 401), (["GET /openai/models HTTP/1.1", "api-key: wrong"], 401),
                (["GET /v1/models/gpt-realtime HTTP/1.1"], 401),
                (["GET /v1/models HTTP/1.1", "Authorization: Bearer hush-hush"], 200),
                (["GET /openai/v1/models HTTP/1.1", "api-key: hush-hush"], 200), (["GET /healthz HTTP/1.1"], 200),
                (["GET /readyz HTTP/1.1"], 200),
            ] {
                try await RawSocket.with(server) { socket in
                    let head = try socket.request((lines + ["Host: voice.example.com"]).joined(separator: "\r\n")).head
                    #expect(head.hasPrefix("HTTP/1.1 \(status) "), "\(lines)")
                }
            }
        }
    }
}
