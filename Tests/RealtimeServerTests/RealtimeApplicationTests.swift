import Foundation
import Logging
import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import ServiceLifecycle
import SessionCore
import Synchronization
import Testing

@testable import RealtimeServer

final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add(_ number: Int) { count.withLock { $0 += number } }
}

@Suite(.serialized)
struct RealtimeApplicationTests {
    static let preview = "/openai/realtime?api-version=2024-10-01-preview&deployment=gpt-4o-realtime-preview"

    func refusal(_ body: () async throws -> WebSocketTransport) async -> ClientError.Refusal? {
        let error = await #expect(throws: ClientError.self) { _ = try await body() }
        #expect(error?.code == .upgradeRefused)
        return error?.refusal
    }

    /// All messages and how it was closed.
    func whole(_ socket: WebSocketTransport) async throws -> (texts: [String], status: CloseStatus?) {
        var texts: [String] = []
        for try await message in socket.messages {
            if case .text(let text) = message { texts.append(text) }
        }
        return (texts, socket.closeStatus)
    }

    @Test(arguments: [preview, "/openai/v1/realtime?model=gpt-realtime", "/v1/realtime?model=gpt-realtime"])
    func echoOnEveryPath(target: String) async throws {
        try await TestServer.with { server in
            let socket = try await server.connect(
                target, headers: [Header(name: "x-ms-client-request-id", value: "42")], subprotocols: ["realtime"])
            #expect(socket.subprotocol == "realtime")
            #expect(socket.responseHeaders.first { $0.name.lowercased() == "x-ms-client-request-id" }?.value == "42")
            try await socket.send(text: #"{"type":"hello"}"#)
            #expect(try await socket.messages.first { _ in true } == .text(#"{"type":"hello"}"#))
            await socket.close()
            let line = try await server.log.waits(for: "session ended")
            #expect(line?.contains("close_code=1000") == true)
            #expect(line?.contains("duration_ms=") == true)
            #expect(line?.contains("path=\(target.prefix { $0 != "?" })") == true)
            #expect(line?.contains("session=sess_") == true)
        }
    }

    @Test func twoClientsAtOnce() async throws {
        try await TestServer.with { server in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for client in 0..<8 {
                    tasks.addTask {
                        let socket = try await server.connect()
                        var messages = socket.messages.makeAsyncIterator()
                        for number in 0..<100 {
                            try await socket.send(text: "\(client) \(number)")
                            #expect(try await messages.next() == .text("\(client) \(number)"))
                        }
                        await socket.close()
                    }
                }
                try await tasks.waitForAll()
            }
        }
    }

    // MARK: Refusals

    @Test func azurePathsRefuseByStatus() async throws {
        try await TestServer.with(configure: { $0.apiKeys = ["hush-hush"] }) { server in
            let wrongKey = await refusal {
                try await server.connect(Self.preview, headers: [Header(name: "api-key", value: "wrong-wrong")])
            }
            #expect(wrongKey?.status == 401)
            #expect(wrongKey?.body.hasPrefix(#"{"error":{"code":"401","message":"Access denied"#) == true)
            #expect(
                wrongKey?.headers.contains { $0.name.lowercased() == "content-type" && $0.value == "application/json" }
                    == true)
            let key = [Header(name: "api-key", value: "hush-hush")]
            let unknown = await refusal {
                try await server.connect("/openai/v1/realtime?model=mine", headers: key)
            }
            #expect(unknown?.status == 404)
            #expect(unknown?.body.contains("DeploymentNotFound") == true)
            let version = await refusal {
                try await server.connect("/openai/v1/realtime?model=gpt-realtime&api-version=1", headers: key)
            }
            #expect(version?.status == 400)
            let path = await refusal { try await server.connect("/v2/realtime", headers: key) }
            #expect(path?.status == 404)
            #expect(
                path?.body
                    == #"{"error":{"message":"Invalid URL (GET /v2/realtime)","type":"invalid_request_error","param":null,"code":"unknown_url"}}"#
            )
            for secret in ["hush", "wrong-wrong", "api-version"] {
                #expect(server.log.lines.filter { $0.contains(secret) } == [])
            }
        }
    }

    @Test func theOpenAIPathOpensAndThenRefuses() async throws {
        try await TestServer.with(configure: { $0.apiKeys = ["hush-hush"] }) { server in
            let cases: [(String, [Header], String, UInt16, String)] = [
                (
                    "/v1/realtime?model=gpt-realtime", [], "Missing bearer or basic authentication in header", 3000,
                    "invalid_request_error"
                ),
                (
                    "/v1/realtime?model=gpt-realtime", [Header(name: "Authorization", value: "Bearer wrong")],
                    "Incorrect API key provided: *****.", 3000, "invalid_request_error.invalid_api_key"
                ),
                (
                    "/v1/realtime?model=mine", [Header(name: "Authorization", value: "Bearer hush-hush")],
                    #"Model \"mine\" is not supported in realtime mode"#, 4000, "invalid_request_error.invalid_model"
                ),
                (
                    "/v1/realtime", [Header(name: "Authorization", value: "Bearer hush-hush")],
                    "You must provide a model parameter, for example ws://127.0.0.1:", 4000,
                    "invalid_request_error.missing_model"
                ),
            ]
            for (target, headers, words, code, reason) in cases {
                let socket = try await server.connect(target, headers: headers, subprotocols: ["realtime"])
                #expect(socket.subprotocol == "realtime")
                let (texts, status) = try await whole(socket)
                #expect(texts.count == 1)
                #expect(texts.first?.hasPrefix(#"{"type":"error","event_id":"event_"#) == true)
                #expect(texts.first?.contains(words) == true, "\(texts)")
                #expect(status == CloseStatus(code: code, reason: reason))
            }
        }
    }

    @Test func theLoopbackRule() async throws {
        try await TestServer.with { server in
            let page = await refusal {
                try await server.connect(headers: [Header(name: "Origin", value: "https://example.com")])
            }
            #expect(page?.status == 403)
            #expect(page?.body.contains("answers no web page but those of localhost") == true)
            try await RawSocket.with(server) { socket in
                let (head, body) = try socket.request("GET /v1/models HTTP/1.1", "Host: rebound.example.com")
                #expect(head.hasPrefix("HTTP/1.1 403"))
                #expect(body.contains("localhost, 127.0.0.1 and [::1]"))
            }
            let own = try await server.connect(headers: [Header(name: "Origin", value: "http://localhost:3000")])
            await own.close()
        }
    }

    @Test func withoutAKeyItDoesNotStartWhereOthersReachIt() throws {
        var configuration = ServerConfiguration()
        configuration.host = "0.0.0.0"
        let error = #expect(throws: ServerError.self) {
            try RealtimeApplication(configuration: configuration, sessions: Echo(), readiness: Readiness())
        }
        #expect(error?.code == .keyRequired)
    }

    @Test func untilItIsReady() async throws {
        let readiness = Readiness(notReady: "The voice is being loaded.")
        try await TestServer.with(readiness: readiness) { server in
            try await RawSocket.with(server) { socket in
                let (head, body) = try socket.request("GET /readyz HTTP/1.1", "Host: localhost")
                #expect(head.hasPrefix("HTTP/1.1 503"))
                #expect(body == #"{"status":"not ready","message":"The voice is being loaded."}"#)
            }
            #expect(await refusal { try await server.connect(Self.preview) }?.status == 503)
            let (texts, status) = try await whole(try await server.connect())
            #expect(texts.first?.contains("The voice is being loaded.") == true)
            #expect(status?.code == 1013)
            readiness.ready()
            try await RawSocket.with(server) { socket in
                let head = try socket.request("GET /readyz HTTP/1.1", "Host: localhost").head
                #expect(head.hasPrefix("HTTP/1.1 200"))
            }
            let socket = try await server.connect()
            await socket.close()
        }
    }

    // MARK: Slots

    @Test func tooManySessionsAndSlotsGivenBack() async throws {
        try await TestServer.with(configure: { $0.maxSessions = 2 }) { server in
            for _ in 0..<3 {
                let first = try await server.connect()
                let second = try await server.connect()
                // The slot is taken with the decision, so both count by now.
                let azure = await refusal { try await server.connect(Self.preview) }
                #expect(azure?.status == 429)
                #expect(azure?.body.hasPrefix(#"{"error":{"code":"429","message":"All 2 sessions"#) == true)
                let (texts, status) = try await whole(try await server.connect())
                #expect(texts.first?.contains(#""code":"rate_limit_exceeded""#) == true)
                #expect(status == CloseStatus(code: 1013, reason: "invalid_request_error.rate_limit_exceeded"))
                await first.close()
                await second.close()
                try await server.waitUntilFree()
            }
        }
    }

    @Test func nobodyIsLetInWhileThoseInsideWait() async throws {
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(ScriptedEngines().cascade)
        func note(_ waits: [Int], agoMs: Int = 5000) {
            var timing = TurnTiming(
                response: "resp_1", item: "item_1", startedAt: Int(Date().timeIntervalSince1970 * 1000) - agoMs)
            timing.turnEnded = 300
            for wait in waits {
                timing.firstSent = 300 + wait
                conversations.turns?.note(timing, session: "sess_1")
            }
        }
        try await TestServer.with(conversations, configure: { $0.longestWaitMs = 1000 }) { server in
            note([5000, 5000, 5000, 5000], agoMs: 60_000)  // long ago
            note([2000, 300])  // too few to tell
            let first = try await server.connect()
            await first.close()
            note([2500, 400])
            let azure = await refusal { try await server.connect(Self.preview) }
            #expect(azure?.status == 429)
            #expect(azure?.body.contains("wait 2500 ms for an answer") == true)
            let (texts, status) = try await whole(try await server.connect())
            #expect(texts.first?.contains(#""code":"rate_limit_exceeded""#) == true)
            #expect(status == CloseStatus(code: 1013, reason: "invalid_request_error.rate_limit_exceeded"))
            note([200, 200, 200, 200, 200, 200])  // they don't wait any more
            await (try await server.connect()).close()
        }
    }

    @Test func aClientThatVanishesGivesItsSlotBack() async throws {
        try await TestServer.with(configure: { $0.maxSessions = 1 }) { server in
            for vanish in 0..<4 {
                try await RawSocket.with(server) { socket in
                    switch vanish {
                    case 0:  // mid-message
                        try socket.upgrade()
                        try socket.send(RawSocket.header(opcode: 1, length: 1000) + [1, 2, 3])
                    case 1:  // between fragments
                        try socket.upgrade()
                        try socket.send(opcode: 1, [0x61], fin: false)
                    case 2:  // right after the head, before the answer
                        try socket.send(
                            Array(
                                ("GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket"
                                    + "\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
                                    + "\r\nSec-WebSocket-Version: 13\r\n\r\n").utf8))
                    default:  // in the middle of the head
                        try socket.send(Array("GET /v1/realtime?model=gpt-realtime HT".utf8))
                    }
                    socket.close()
                }
                try await server.waitUntilFree()
            }
        }
    }

    @Test func aSessionThatFailsOrReturnsIsClosed() async throws {
        try await TestServer.with(configure: { $0.maxSessions = 1 }) { server in
            for (word, expected) in [
                ("fail", CloseStatus(code: 1011, reason: "The session failed inside the server.")),
                ("bye", CloseStatus(code: 4000, reason: "bye.bye")), ("return", CloseStatus(code: 1000)),
            ] {
                let socket = try await server.connect()
                try await socket.send(text: word)
                #expect(try await whole(socket).status == expected)
                try await server.waitUntilFree()
            }
            #expect(server.log.lines.contains { $0.hasPrefix("error session failed") })
        }
    }

    // MARK: Shutdown

    @Test func gracefulShutdownSays1001() async throws {
        try await TestServer.with { server in
            let sockets = [try await server.connect(), try await server.connect()]
            // A connection that never asked for anything must not hold the server up.
            try await RawSocket.with(server) { _ in }
            let idle = try RawSocket(port: server.port)
            await server.group.triggerGracefulShutdown()
            for socket in sockets {
                #expect(
                    try await whole(socket).status == CloseStatus(code: 1001, reason: "The server is shutting down."))
            }
            _ = idle
        }
    }
}

extension TestServer {
    /// Waits until a session can be opened, and closes it.
    func waitUntilFree() async throws {
        for _ in 0..<500 {
            if let socket = try? await connect("/openai/v1/realtime?model=gpt-realtime") {
                await socket.close()
                // Its own slot is free when the server has seen its end.
                try await Task.sleep(for: .milliseconds(50))
                return
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RawSocket.Failure(what: "no slot came free")
    }
}
