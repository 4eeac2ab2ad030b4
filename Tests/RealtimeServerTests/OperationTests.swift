import Foundation
import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import ServiceLifecycle
import SessionCore
import Testing

@testable import RealtimeServer

/// What an operator does with a server that runs: stop it, and give it another configuration.
@Suite(.serialized) struct OperationTests {
    private static func serve(
        configure: (inout ServerConfiguration) -> Void = { _ in }, _ body: (TestServer) async throws -> Void
    ) async throws {
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(ScriptedEngines().cascade)
        try await TestServer.with(conversations, configure: configure, body)
    }

    @Test("who is inside is told that the server stops, and goes on; who comes then is refused")
    func drain() async throws {
        try await Self.serve(configure: { $0.shutdownSeconds = 60 }) { server in
            var inside = EventReader(try await server.connect())
            #expect(try await inside.next()["type"] == "session.created")
            await server.group.triggerGracefulShutdown()
            let told = try await inside.next()
            #expect(told["error"]?["code"] == "server_shutting_down" && told["error"]?["type"] == "server_error")
            #expect(told["error"]?["message"]?.string?.contains("in 60 seconds") == true)
            let refusal = try await server.refusal("/openai/v1/realtime?model=gpt-realtime", [])
            #expect(refusal.head.hasPrefix("HTTP/1.1 503"))
            let ready = try await server.get("/readyz")
            #expect(ready.head.hasPrefix("HTTP/1.1 503") && ready.body["message"]?.string?.contains("shutting") == true)
            #expect(try await server.get("/healthz").head.hasPrefix("HTTP/1.1 200"))
            try await inside.socket.send(text: #"{"type":"input_audio_buffer.clear"}"#)
            #expect(try await inside.next()["type"] == "input_audio_buffer.cleared")
            await inside.socket.close()
        }  // The server ends with its last session: this test would take a minute otherwise.
    }

    @Test("who does not leave in time is closed with 1001")
    func drainEnds() async throws {
        try await Self.serve(configure: { $0.shutdownSeconds = 1 }) { server in
            var inside = EventReader(try await server.connect())
            #expect(try await inside.next()["type"] == "session.created")
            await server.group.triggerGracefulShutdown()
            #expect(try await inside.next()["error"]?["code"] == "server_shutting_down")
            #expect(try await inside.next()["error"]?["message"] == "The server is shutting down.")
            #expect(await inside.closeCode() == 1001)
        }
    }

    @Test("a changed configuration is taken while sessions run; one with a mistake changes nothing")
    func reload() async throws {
        try await Self.serve(configure: { $0.apiKeys = ["old-key"] }) { server in
            let old = [Header(name: "Authorization", value: "Bearer old-key")]
            let new = [Header(name: "Authorization", value: "Bearer new-key")]
            var inside = EventReader(try await server.connect(headers: old))
            #expect(try await inside.next()["type"] == "session.created")

            var changed = ServerConfiguration()
            changed.apiKeys = ["new-key"]
            changed.allowedOrigins = ["https://app.example.com"]
            changed.deployments = [try Deployment("clerk", modelName: "gpt-realtime", version: nil)]
            try server.application.reload(changed)
            var next = EventReader(try await server.connect("/openai/v1/realtime?model=clerk", headers: new))
            #expect(try await next.next()["type"] == "session.created")
            await next.socket.close()
            var refused = EventReader(try await server.connect(headers: old))
            #expect(try await refused.next()["error"]?["code"] == "invalid_api_key")
            let page = try await server.refusal(
                "/openai/v1/realtime?model=clerk", ["api-key: new-key", "Origin: https://evil.example"])
            #expect(page.head.hasPrefix("HTTP/1.1 403"))

            var wrong = changed
            wrong.apiKeys = ["third-key"]
            wrong.shutdownSeconds = -1
            #expect(throws: ServerError.self) { try server.application.reload(wrong) }
            wrong.shutdownSeconds = 1
            wrong.host = "0.0.0.0"
            wrong.apiKeys = []
            wrong.deployments = []
            #expect(throws: ServerError.self) { try server.application.reload(wrong) }
            var kept = EventReader(try await server.connect("/openai/v1/realtime?model=clerk", headers: new))
            #expect(try await kept.next()["type"] == "session.created", "no half of it was taken")
            await kept.socket.close()
            var still = EventReader(try await server.connect(headers: new))
            #expect(try await still.next()["type"] == "session.created")
            await still.socket.close()

            try await inside.socket.send(text: #"{"type":"input_audio_buffer.clear"}"#)
            #expect(try await inside.next()["type"] == "input_audio_buffer.cleared")
            await inside.socket.close()
        }
    }
}

extension TestServer {
    func get(_ path: String) async throws -> (head: String, body: JSONValue) {
        try await answer(["GET \(path) HTTP/1.1", "Host: localhost"])
    }
}
