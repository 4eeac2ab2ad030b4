import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import Testing

@Suite struct RealtimeConnectionTests {
    @Test("the preview's events come in GA's names and shapes")
    func previewEvents() async throws {
        let server = InProcessTransport()
        let connection = RealtimeConnection(over: server, dialect: Dialect(.preview(.october2024)))
        server.send([
            "type": "session.created", "event_id": "e1",
            "session": [
                "id": "s", "model": "m", "modalities": ["audio", "text"], "voice": "echo",
                "input_audio_format": "g711-ulaw", "output_audio_format": "pcm16", "turn_detection": ["type": "none"],
                "input_audio_transcription": ["model": "whisper-1"], "max_response_output_tokens": 100,
            ],
        ])
        server.send([
            "type": "response.audio.delta", "event_id": "e2", "response_id": "r", "item_id": "i", "output_index": 0,
            "content_index": 0, "delta": "AAA=",
        ])
        server.send([
            "type": "conversation.item.created", "event_id": "e3", "previous_item_id": nil,
            "item": [
                "id": "i", "type": "message", "role": "assistant", "status": "completed",
                "content": [["type": "text", "text": "Hi"]],
            ],
        ])
        var events = connection.events.makeAsyncIterator()
        let created = try #require(try await events.next())
        guard case .sessionCreated(let event) = created.body else { throw Unexpected(created) }
        #expect(event.session.outputModalities == [.audio])
        #expect(event.session.audio.output.voice == "echo")
        #expect(event.session.audio.input.format == .pcmu)
        #expect(event.session.audio.input.turnDetection == nil)
        #expect(event.session.audio.input.transcription?.model == "whisper-1")
        #expect(event.session.maxOutputTokens == .tokens(100))
        let delta = try #require(try await events.next())
        #expect(delta.event?.kind == .responseOutputAudioDelta)
        #expect(delta.type == "response.audio.delta")
        let added = try #require(try await events.next())
        guard case .conversationItemAdded(let event) = added.body else { throw Unexpected(added) }
        #expect(event.item.body == .message(role: .assistant, content: [.outputText("Hi")]))
    }

    @Test("what a service leaves out, or says in a way that is new, is no failure")
    func lenience() async throws {
        let server = InProcessTransport()
        let connection = RealtimeConnection(over: server)
        server.send(["type": "response.created", "response": ["id": "r", "status": "in_progress"]])
        server.send([
            "type": "response.done",
            "response": [
                "id": "r", "status": "completed", "max_output_tokens": "a lot",
                "output": [
                    ["type": "telepathy", "id": "x"],
                    ["type": "function_call", "id": "i", "name": "f", "call_id": "c", "arguments": "{}"],
                ], "usage": ["total_tokens": 7],
            ],
        ])
        server.send(["type": "session.dreamt", "event_id": "e", "dream": ["of": "sheep"]])
        server.send(["type": "response.audio.delta", "delta": "AAA="])
        var events = connection.events.makeAsyncIterator()
        #expect(try await events.next()?.event?.kind == .responseCreated)
        let done = try #require(try await events.next())
        guard case .responseDone(let event) = done.body else { throw Unexpected(done) }
        #expect(event.response.output.map(\.id) == ["i"])
        #expect(event.response.usage?.totalTokens == 7)
        let unknown = try #require(try await events.next())
        #expect(unknown.event == nil)
        #expect(unknown.type == "session.dreamt")
        #expect(unknown.json["dream"] == ["of": "sheep"])
        #expect(unknown.problem?.message.contains("session.dreamt") == true)
        let nameless = try #require(try await events.next())
        #expect(nameless.problem?.param == "response_id")
    }

    @Test("what is no event ends the connection with an error that shows it")
    func noEvent() async throws {
        let server = InProcessTransport()
        let connection = RealtimeConnection(over: server)
        server.send(text: "<html>")
        var events = connection.events.makeAsyncIterator()
        let error = await #expect(throws: ClientError.self) { try await events.next() }
        #expect(error?.code == .invalidMessage)
        #expect(error?.message.contains("<html>") == true)
    }

    @Test("settings are sent in the connection's dialect")
    func sending() async throws {
        var patch = SessionPatch()
        patch.type = .realtime
        patch.instructions = "Be brief."
        patch.outputModalities = [.audio]
        patch.maxOutputTokens = .tokens(9)
        patch.audio = SessionPatch.Audio()
        patch.audio?.input = SessionPatch.Input()
        patch.audio?.input?.format = .pcma
        patch.audio?.input?.turnDetection = .null
        patch.audio?.output = SessionPatch.Output()
        patch.audio?.output?.voice = Voice("echo")
        let update = ClientEvent(eventID: "e", .sessionUpdate(SessionUpdate(session: patch)))
        let ga = InProcessTransport(), preview = InProcessTransport()
        try await RealtimeConnection(over: ga).send(update)
        try await RealtimeConnection(over: preview, dialect: Dialect(.preview(.october2024))).send(update)
        #expect(
            await ga.received() == [
                "type": "session.update", "event_id": "e",
                "session": [
                    "type": "realtime", "output_modalities": ["audio"], "instructions": "Be brief.",
                    "max_output_tokens": 9,
                    "audio": [
                        "input": ["format": ["type": "audio/pcma"], "turn_detection": nil], "output": ["voice": "echo"],
                    ],
                ],
            ])
        #expect(
            await preview.received() == [
                "type": "session.update", "event_id": "e",
                "session": [
                    "instructions": "Be brief.", "modalities": ["audio", "text"], "voice": "echo",
                    "input_audio_format": "g711_alaw", "turn_detection": nil, "max_response_output_tokens": 9,
                ],
            ])
    }

    @Test("audio is sent as base64")
    func audio() async throws {
        let server = InProcessTransport()
        try await RealtimeConnection(over: server).send(audio: [0, 1, 254, 255])
        #expect(await server.received() == ["type": "input_audio_buffer.append", "audio": "AAH+/w=="])
    }

    @Test("the request's name is the service's, else the client's")
    func requestIDs() {
        let headers = [Header(name: "X-Request-ID", value: "theirs")]
        #expect(
            RealtimeConnection(over: InProcessTransport(responseHeaders: headers), requestID: "ours").requestID
                == "theirs")
        #expect(RealtimeConnection(over: InProcessTransport(), requestID: "ours").requestID == "ours")
    }
}

struct Unexpected: Error {
    let event: ReceivedEvent
    init(_ event: ReceivedEvent) { self.event = event }
}
