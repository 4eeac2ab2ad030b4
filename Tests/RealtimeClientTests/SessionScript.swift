import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import Testing

/// A session whose server is the test.
struct SessionScript {
    let session: RealtimeSession
    let server: InProcessTransport

    static func with(
        dialect: Dialect.Name = .ga, configuration: JSONValue = ["audio": ["input": ["turn_detection": nil]]],
        options: RealtimeSession.Options = .init(), _ body: (SessionScript) async throws -> Void
    ) async throws {
        let server = InProcessTransport()
        server.send(["type": "session.created", "event_id": "e", "session": configuration])
        let session = try await RealtimeSession.open(options: options) {
            RealtimeConnection(over: server, dialect: Dialect(dialect))
        }
        try await body(SessionScript(session: session, server: server))
        await session.close()
    }

    /// The next event of the client, which must be of this type.
    func received(_ type: String) async throws -> JSONValue {
        let event = try #require(await server.received())
        #expect(event["type"]?.string == type)
        return event
    }

    /// Lets a response begin as the client asked for it; `mark` is its `metadata`.
    func begin(_ id: String = "r", after request: JSONValue? = nil) {
        server.send([
            "type": "response.created", "event_id": "e",
            "response": [
                "id": .string(id), "status": "in_progress",
                "metadata": request?["response"]?["metadata"] ?? .null,
            ],
        ])
    }

    /// One spoken message, whole: two pieces of audio and of words.
    func speak(_ id: String = "r", item: String = "i") {
        let place: JSONObject = [
            "response_id": .string(id), "item_id": .string(item), "output_index": 0, "content_index": 0,
        ]
        func send(_ type: String, _ more: JSONObject) {
            var event: JSONObject = ["type": .string(type)]
            event.members += place.members + more.members
            server.send(.object(event))
        }
        let message: JSONValue = [
            "id": .string(item), "type": "message", "role": "assistant", "status": "completed",
            "content": [["type": "output_audio", "transcript": "Hello there."]],
        ]
        send("response.output_item.added", ["item": message])
        send("response.content_part.added", ["part": ["type": "audio", "transcript": ""]])
        send("response.output_audio_transcript.delta", ["delta": "Hello"])
        send("response.output_audio.delta", ["delta": .string(Base64.encode([UInt8](repeating: 1, count: 4800)))])
        send("response.output_audio_transcript.delta", ["delta": " there."])
        send("response.output_audio.delta", ["delta": .string(Base64.encode([UInt8](repeating: 2, count: 4800)))])
        send("response.output_audio.done", [:])
        send("response.output_audio_transcript.done", ["transcript": "Hello there."])
        send("response.content_part.done", ["part": ["type": "audio", "transcript": "Hello there."]])
        send("response.output_item.done", ["item": message])
    }

    func finish(_ id: String = "r", status: String = "completed", output: JSONValue = []) {
        server.send([
            "type": "response.done", "event_id": "e",
            "response": ["id": .string(id), "status": .string(status), "output": output],
        ])
    }

    /// Answers a client's `conversation.item.create`.
    func add(_ request: JSONValue) {
        server.send([
            "type": "conversation.item.added", "event_id": "e", "previous_item_id": nil,
            "item": request["item"] ?? .null,
        ])
    }
}
