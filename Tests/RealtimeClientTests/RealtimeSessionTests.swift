import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import Testing

@Suite(.timeLimit(.minutes(1))) struct RealtimeSessionTests {
    @Test("text in, audio out")
    func textInAudioOut() async throws {
        try await SessionScript.with { script in
            async let item = script.session.send("Hi")
            let create = try await script.received("conversation.item.create")
            script.add(create)
            #expect(try await item.body == .message(role: .user, content: [.inputText("Hi")]))
            async let asked = script.session.generateResponse()
            script.begin(after: try await script.received("response.create"))
            let response = try await asked
            script.speak()
            script.finish()
            var heard = 0, words = ""
            for try await case .message(let message) in response {
                for try await case .audio(let audio) in message {
                    for try await chunk in audio.audioChunks { heard += chunk.count }
                    for try await chunk in audio.transcriptChunks { words += chunk }
                }
            }
            #expect(heard == 9600)
            #expect(words == "Hello there.")
            #expect(try await response.completion().status == .completed)
        }
    }

    @Test("what nobody reads holds nothing up, and is there for a late reader")
    func ignored() async throws {
        try await SessionScript.with { script in
            async let asked = script.session.generateResponse()
            script.begin(after: try await script.received("response.create"))
            let response = try await asked
            script.speak()
            script.finish()
            _ = try await response.completion()
            #expect(try await response.text() == "Hello there.")
            #expect(try await response.text() == "Hello there.")  // again
        }
    }

    @Test("a service that complains and closes is quoted")
    func complaint() async throws {
        let server = InProcessTransport()
        server.send([
            "type": "error", "event_id": "event_1",
            "error": ["type": "invalid_request_error", "code": "rate_limit_exceeded", "message": "Too many sessions."],
        ])
        server.close(CloseStatus(code: 1013, reason: "invalid_request_error.rate_limit_exceeded"))
        let error = await #expect(throws: ClientError.self) {
            try await RealtimeSession.open { RealtimeConnection(over: server) }
        }
        #expect(error?.error?.code == "rate_limit_exceeded")
        #expect(error?.message.hasPrefix("Too many sessions. The session has ended (1013, ") == true)
    }

    @Test("a response to the user's turn is an event, one that was asked for is not")
    func whoseResponse() async throws {
        try await SessionScript.with(configuration: ["audio": ["input": ["turn_detection": ["type": "server_vad"]]]]) {
            script in
            script.server.send(["type": "input_audio_buffer.speech_started", "item_id": "u", "audio_start_ms": 40])
            async let asked = script.session.generateResponse()
            let request = try await script.received("response.create")
            script.server.send(["type": "input_audio_buffer.speech_stopped", "item_id": "u", "audio_end_ms": 900])
            script.server.send(["type": "input_audio_buffer.committed", "item_id": "u"])
            script.begin("theirs")
            script.begin("ours", after: request)
            #expect(try await asked.id == "ours")
            var events = script.session.events.makeAsyncIterator()
            guard case .inputAudio(let input) = try await events.next() else { throw Wrong() }
            #expect(input.audioStartMs == 40)
            let outcome = try await input.completion()
            #expect(outcome.audioEndMs == 900 && outcome.transcript == nil)
            guard case .response(let response) = try await events.next() else { throw Wrong() }
            #expect(response.id == "theirs")
        }
    }

    @Test("a service that echoes no metadata answers the requests in their order")
    func unmarked() async throws {
        try await SessionScript.with(dialect: .preview(.october2024)) { script in
            async let asked = script.session.generateResponse()
            let request = try await script.received("response.create")
            #expect(request["response"] == nil)
            script.begin("r1")
            let response = try await asked
            #expect(response.id == "r1")
        }
    }

    @Test("spoken input: committed by hand, with its transcript")
    func input() async throws {
        let configuration: JSONValue = ["audio": ["input": ["transcription": ["model": "whisper-1"]]]]
        try await SessionScript.with(configuration: configuration) { script in
            try await script.session.sendAudio([Int16](repeating: 256, count: 30_000))
            #expect(try await script.received("input_audio_buffer.append")["audio"]?.string?.count == 64_000)
            #expect(try await script.received("input_audio_buffer.append")["audio"]?.string?.count == 16_000)
            async let committed = script.session.commitAudio()
            _ = try await script.received("input_audio_buffer.commit")
            script.server.send(["type": "input_audio_buffer.committed", "item_id": "u"])
            let item = try await committed
            for delta in ["What", " time?"] {
                script.server.send([
                    "type": "conversation.item.input_audio_transcription.delta", "item_id": "u",
                    "delta": .string(delta),
                ])
            }
            script.server.send([
                "type": "conversation.item.input_audio_transcription.completed", "item_id": "u",
                "transcript": "What time?",
            ])
            #expect(try await item.completion().transcript == "What time?")
            #expect(try await item.transcriptChunks.collected() == ["What", " time?"])
        }
    }

    @Test("the end of the input waits for what was heard to be written down")
    func finishingInput() async throws {
        let configuration: JSONValue = ["audio": ["input": ["transcription": ["model": "whisper-1"]]]]
        try await SessionScript.with(configuration: configuration) { script in
            script.server.send(["type": "input_audio_buffer.speech_started", "item_id": "u", "audio_start_ms": 0])
            async let finished: Void = script.session.finishInput()
            _ = try await script.received("input_audio_buffer.clear")
            script.server.send(["type": "input_audio_buffer.committed", "item_id": "u"])
            script.server.send(["type": "input_audio_buffer.cleared"])
            script.server.send([
                "type": "conversation.item.input_audio_transcription.completed", "item_id": "u", "transcript": "Yes.",
            ])
            try await finished
            await script.session.close()
            var events = script.session.events.makeAsyncIterator()
            guard case .inputAudio(let item) = try await events.next() else { throw Wrong() }
            #expect(try await item.completion().transcript == "Yes.")
        }
    }

    @Test("a transcription that failed says why")
    func failedTranscription() async throws {
        let configuration: JSONValue = ["audio": ["input": ["transcription": ["model": "whisper-1"]]]]
        try await SessionScript.with(configuration: configuration) { script in
            async let committed = script.session.commitAudio()
            _ = try await script.received("input_audio_buffer.commit")
            script.server.send(["type": "input_audio_buffer.committed", "item_id": "u"])
            script.server.send([
                "type": "conversation.item.input_audio_transcription.failed", "item_id": "u",
                "error": ["type": "server_error", "message": "The model is gone."],
            ])
            let item = try await committed
            let error = await #expect(throws: ClientError.self) { try await item.completion() }
            #expect(error?.message == "The transcription failed: The model is gone.")
        }
    }

    @Test("an error goes to the call it is about, any other is an event, and the session goes on")
    func errors() async throws {
        try await SessionScript.with { script in
            async let configured = script.session.configure { $0.instructions = "x" }
            let update = try await script.received("session.update")
            #expect(update["session"] == ["type": "realtime", "instructions": "x"])
            script.server.send(["type": "error", "error": ["type": "invalid_request_error", "message": "Other."]])
            script.server.send([
                "type": "error",
                "error": [
                    "type": "invalid_request_error", "code": "invalid_value", "message": "No.",
                    "event_id": update["event_id"] ?? .null,
                ],
            ])
            do {
                _ = try await configured
                Issue.record("configured")
            } catch let error as ClientError {
                #expect(error.code == .serverError)
                #expect(error.error?.code == "invalid_value")
            }
            var events = script.session.events.makeAsyncIterator()
            guard case .error(let error) = try await events.next() else { throw Wrong() }
            #expect(error.message == "Other.")
            async let again = script.session.configure { $0.instructions = "y" }
            _ = try await script.received("session.update")
            script.server.send(["type": "session.updated", "session": ["instructions": "y"]])
            #expect(try await again.instructions == "y")
            #expect(script.session.configuration?.instructions == "y")
        }
    }

    @Test("what is not known is an event, and the session goes on")
    func unknown() async throws {
        try await SessionScript.with { script in
            script.server.send(["type": "session.dreamt", "dream": "of sheep"])
            script.begin()
            var events = script.session.events.makeAsyncIterator()
            guard case .unknown(let event) = try await events.next() else { throw Wrong() }
            #expect(event.json["dream"] == "of sheep")
            guard case .response = try await events.next() else { throw Wrong() }
        }
    }

    @Test("a service that does not answer is given up")
    func silence() async throws {
        var options = RealtimeSession.Options()
        options.replyTime = .milliseconds(50)
        try await SessionScript.with(options: options) { script in
            let error = await #expect(throws: ClientError.self) { try await script.session.clearAudio() }
            #expect(error?.code == .timedOut)
        }
        let error = await #expect(throws: ClientError.self) {
            try await RealtimeSession.open(options: options) { RealtimeConnection(over: InProcessTransport()) }
        }
        #expect(error?.message.contains("session.created") == true)
    }

    @Test("cancelling waits for the end of the response")
    func cancelling() async throws {
        try await SessionScript.with { script in
            async let asked = script.session.generateResponse()
            script.begin(after: try await script.received("response.create"))
            let response = try await asked
            async let cancelled: Void = response.cancel()
            #expect(try await script.received("response.cancel")["response_id"] == "r")
            script.finish(status: "cancelled")
            try await cancelled
            #expect(try await response.completion().status == .cancelled)
            try await response.cancel()  // no second time
        }
    }

    @Test("items are removed, retrieved and truncated by name")
    func items() async throws {
        try await SessionScript.with { script in
            async let removed: Void = script.session.removeItem("a")
            _ = try await script.received("conversation.item.delete")
            script.server.send(["type": "conversation.item.deleted", "item_id": "b"])
            script.server.send(["type": "conversation.item.deleted", "item_id": "a"])
            try await removed
            async let retrieved = script.session.retrieveItem("c")
            _ = try await script.received("conversation.item.retrieve")
            script.server.send([
                "type": "conversation.item.retrieved",
                "item": [
                    "id": "c", "type": "message", "role": "user",
                    "content": [["type": "input_audio", "audio": "AAA="]],
                ],
            ])
            #expect(try await retrieved.id == "c")
        }
    }

    @Test("the user speaks over an answer: it is cut to what was heard, never to more than has arrived")
    func interruption() async throws {
        var options = RealtimeSession.Options()
        options.interruption = { RealtimeSession.Heard(itemID: "i", milliseconds: 5000) }
        try await SessionScript.with(options: options) { script in
            script.begin()
            script.speak()
            script.server.send(["type": "input_audio_buffer.speech_started", "item_id": "u", "audio_start_ms": 0])
            let cut = try await script.received("conversation.item.truncate")
            #expect(cut["item_id"] == "i")
            #expect(cut["audio_end_ms"] == 200)
            script.server.send(["type": "conversation.item.truncated", "item_id": "i"])
        }
    }

    private struct Place: Decodable { var city: String }

    private var weather: RealtimeTool {
        RealtimeTool(
            "get_weather", description: "The weather.",
            parameters: ["type": "object", "properties": ["city": ["type": "string"]]]
        ) { (place: Place) in ["city": place.city, "sky": "blue"] }
    }

    private func call(_ arguments: String, _ id: String = "c", name: String = "get_weather") -> JSONValue {
        [
            "id": .string("item_" + id), "type": "function_call", "name": .string(name), "call_id": .string(id),
            "arguments": .string(arguments),
        ]
    }

    @Test("a tool is offered, carried out and answered, and the model goes on")
    func tools() async throws {
        let server = InProcessTransport()
        server.send(["type": "session.created", "session": [:]])
        var options = RealtimeSession.Options()
        options.tools = [weather]
        async let opened = RealtimeSession.open(options: options) { RealtimeConnection(over: server) }
        let update = try #require(await server.received())
        #expect(update["session"]?["tools"]?.array?.first?["name"] == "get_weather")
        server.send(["type": "session.updated", "session": [:]])
        let script = SessionScript(session: try await opened, server: server)
        script.begin()
        script.finish(output: [call(#"{"city":"Rome"}"#, "c1"), call("Rome", "c2")])
        let first = try await script.received("conversation.item.create")
        #expect(first["item"]?["call_id"] == "c1")
        let output = try JSONValue(parsing: first["item"]?["output"]?.string ?? "")
        #expect(output["city"] == "Rome" && output["sky"] == "blue")
        script.add(first)
        let second = try await script.received("conversation.item.create")
        #expect(second["item"]?["output"]?.string?.hasPrefix(#"{"error":"#) == true)
        script.add(second)
        script.begin("r2", after: try await script.received("response.create"))
        var events = script.session.events.makeAsyncIterator()
        guard case .response(let response) = try await events.next() else { throw Wrong() }
        #expect(try await response.followUp()?.id == "r2")
        guard case .response(let followUp) = try await events.next() else { throw Wrong() }
        #expect(followUp.id == "r2")
        script.finish("r2")
        #expect(try await followUp.followUp() == nil)
        await script.session.close()
    }

    @Test("the end of the connection ends everything that is open, with the reason")
    func end() async throws {
        try await SessionScript.with { script in
            async let asked = script.session.generateResponse()
            script.begin(after: try await script.received("response.create"))
            let response = try await asked
            let cleared = Task { try await script.session.clearAudio() }
            _ = try await script.received("input_audio_buffer.clear")
            script.server.close(CloseStatus(code: 1001, reason: "maximum duration"))
            for work: @Sendable () async throws -> Void in [
                { _ = try await response.completion() }, { _ = try await response.text() },
                { for try await _ in script.session.events {} },
                { try await script.session.sendAudio([UInt8]([0, 0])) },
            ] {
                let error = await #expect(throws: ClientError.self) { try await work() }
                #expect(error?.message.contains("1001, maximum duration") == true)
            }
            await #expect(throws: ClientError.self) { try await cleared.value }
        }
    }

    @Test("closing on purpose ends the events without an error")
    func closing() async throws {
        try await SessionScript.with { script in
            await script.session.close()
            for try await _ in script.session.events {}
            await #expect(throws: ClientError.self) { try await script.session.clearAudio() }
        }
    }

    @Test("letting go of a session closes it")
    func lettingGo() async throws {
        let server = InProcessTransport()
        server.send(["type": "session.created", "session": [:]])
        _ = try await RealtimeSession.open { RealtimeConnection(over: server) }
        #expect(await server.received() == nil)
    }

    @Test("a broken connection is made again, with the settings and the conversation in words")
    func reconnection() async throws {
        let servers = [InProcessTransport(), InProcessTransport()]
        for server in servers { server.send(["type": "session.created", "session": [:]]) }
        let (order, next) = AsyncStream.makeStream(of: InProcessTransport.self)
        for server in servers { next.yield(server) }
        var options = RealtimeSession.Options()
        options.reconnection = .init()
        options.reconnection?.pause = .milliseconds(1)
        let session = try await RealtimeSession.open(options: options) {
            RealtimeConnection(over: await order.first { _ in true } ?? servers[0])
        }
        let script = SessionScript(session: session, server: servers[0])
        async let configured = session.configure { $0.instructions = "x" }
        _ = try await script.received("session.update")
        servers[0].send(["type": "session.updated", "session": [:]])
        _ = try await configured
        async let sent = session.send("Hi")
        script.add(try await script.received("conversation.item.create"))
        _ = try await sent
        script.begin()
        script.speak()
        script.finish(output: [])
        var events = session.events.makeAsyncIterator()
        guard case .response(let response) = try await events.next() else { throw Wrong() }
        _ = try await response.completion()
        servers[0].breakOff()
        #expect(await servers[1].received()?["session"]?["instructions"] == "x")
        let user = await servers[1].received()?["item"]
        #expect(user?["content"] == [["type": "input_text", "text": "Hi"]])
        let assistant = await servers[1].received()?["item"]
        #expect(assistant?["content"] == [["type": "output_text", "text": "Hello there."]])
        guard case .reconnected = try await events.next() else { throw Wrong() }
        async let cleared: Void = session.clearAudio()
        #expect(await servers[1].received()?["type"] == "input_audio_buffer.clear")
        servers[1].send(["type": "input_audio_buffer.cleared"])
        try await cleared
        await session.close()
    }

    @Test("a connection that comes up while the session is being closed is closed, too")
    func closingWhileReconnecting() async throws {
        let servers = [InProcessTransport(), InProcessTransport()]
        servers[0].send(["type": "session.created", "session": [:]])
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (tries, tried) = AsyncStream.makeStream(of: Void.self)
        var options = RealtimeSession.Options()
        options.reconnection = .init()
        let session = try await RealtimeSession.open(options: options) {
            if servers[0].closeStatus == nil { return RealtimeConnection(over: servers[0]) }
            tried.yield()
            // Deaf to cancellation, as a handshake can be.
            await Task { _ = await gate.first { _ in true } }.value
            return RealtimeConnection(over: servers[1])
        }
        servers[0].breakOff()
        _ = await tries.first { _ in true }
        let closing = Task { await session.close() }
        for _ in 0..<200 { await Task.yield() }  // every chance to close
        open.yield()
        await closing.value
        #expect(servers[1].closeStatus?.code == 1000)
    }

    @Test(
        "what a service says goodbye with decides whether to come back",
        arguments: [
            (1000, false), (3000, false), (4000, false), (1008, false), (1001, true), (1006, true), (1013, true),
        ])
    func comingBack(code: UInt16, comesBack: Bool) async throws {
        let server = InProcessTransport()
        server.send(["type": "session.created", "session": [:]])
        let (attempts, attempt) = AsyncStream.makeStream(of: Void.self)
        var options = RealtimeSession.Options()
        options.reconnection = .init()
        options.reconnection?.attempts = 1
        let session = try await RealtimeSession.open(options: options) {
            attempt.yield()
            return RealtimeConnection(over: server)
        }
        server.close(CloseStatus(code: code))
        try? await { for try await _ in session.events {} }()
        attempt.finish()
        #expect(await attempts.reduce(0) { count, _ in count + 1 } == (comesBack ? 2 : 1))
    }

    private struct Wrong: Error {}
}
