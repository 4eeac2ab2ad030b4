import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import SessionCore
import SpeechEngines
import Synchronization
import Testing

@testable import RealtimeServer

/// The SDK against the whole server with scripted engines, in each dialect and at each path.
@Suite(.timeLimit(.minutes(1))) struct RealtimeSessionServerTests {
    enum Door: CaseIterable, CustomTestStringConvertible {
        case openAI, openAIBeta, azure, azureOctober, azureDecember, azureApril

        var testDescription: String { "\(self)" }

        func service(_ port: Int) -> RealtimeService {
            let endpoint = "http://127.0.0.1:\(port)"
            return switch self {
            case .openAI: .openAI(model: "gpt-realtime", endpoint: endpoint)
            case .openAIBeta: .openAI(model: "gpt-realtime", endpoint: endpoint, isPreview: true)
            case .azure: .azure(endpoint: endpoint, deployment: "gpt-realtime")
            case .azureOctober:
                .azure(endpoint: endpoint, deployment: "gpt-realtime", apiVersion: "2024-10-01-preview")
            case .azureDecember: .azure(endpoint: endpoint, deployment: "gpt-realtime", apiVersion: "2024-12-17")
            case .azureApril:
                .azure(endpoint: endpoint, deployment: "gpt-realtime", apiVersion: "2025-04-01-preview")
            }
        }
    }

    private static func with(
        _ door: Door, _ script: ScriptedEngines = ScriptedEngines(), options: RealtimeSession.Options = .init(),
        _ body: (RealtimeSession) async throws -> Void
    ) async throws {
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(script.cascade)
        try await TestServer.with(conversations, configure: { $0.apiKeys = ["secret"] }) { server in
            let session = try await RealtimeSession.connect(
                to: door.service(server.port), credential: .key("secret"), options: options)
            try await body(session)
            await session.close()
        }
    }

    private static let speech = [Int16](repeating: 8000, count: 24_000)
    private static let silence = [Int16](repeating: 0, count: 12_000)

    @Test("text in, audio out", arguments: Door.allCases)
    func textInAudioOut(door: Door) async throws {
        try await Self.with(door) { session in
            let item = try await session.send("Hello!")
            let response = try await session.generateResponse()
            #expect(try await response.text() == "It is noon, more or less.")
            var bytes = 0
            for try await case .message(let message) in response {
                for try await case .audio(let audio) in message { bytes += try await audio.audio().count }
            }
            #expect(bytes > 0)
            let end = try await response.completion()
            #expect(end.status == .completed)
            #expect((end.usage?.totalTokens ?? 0) > 0)
            #expect(session.conversation.first?.id == item.id)
            #expect(session.conversation.count == 2)
        }
    }

    @Test("a written answer", arguments: Door.allCases)
    func written(door: Door) async throws {
        try await Self.with(door) { session in
            try await session.configure { $0.outputModalities = [.text] }
            #expect(session.configuration?.outputModalities == [.text])
            try await session.send("Hello!")
            let response = try await session.generateResponse()
            for try await case .message(let message) in response {
                for try await content in message {
                    guard case .text(let text) = content else { throw ClientError(.invalidMessage, "spoken") }
                    #expect(try await text.text() == "It is noon, more or less.")
                }
            }
        }
    }

    @Test("the service finds the turn; the answer is an event", arguments: Door.allCases)
    func turns(door: Door) async throws {
        try await Self.with(door) { session in
            try await session.configure { settings in
                settings.audio = SessionPatch.Audio()
                settings.audio?.input = SessionPatch.Input()
                settings.audio?.input?.transcription = .value(Transcription(model: "whisper-1"))
            }
            try await session.sendAudio(Self.speech)
            try await session.sendAudio(Self.silence)
            var events = session.events.makeAsyncIterator()
            guard case .inputAudio(let item) = try await events.next() else { throw Wrong() }
            let outcome = try await item.completion()
            #expect(outcome.transcript == "What time is it?")
            #expect((1000...1300).contains(outcome.audioEndMs ?? 0))
            guard case .response(let response) = try await events.next() else { throw Wrong() }
            #expect(try await response.text() == "It is noon, more or less.")
        }
    }

    @Test("turns by hand", arguments: Door.allCases)
    func byHand(door: Door) async throws {
        try await Self.with(door) { session in
            try await session.configure { settings in
                settings.audio = SessionPatch.Audio()
                settings.audio?.input = SessionPatch.Input()
                settings.audio?.input?.turnDetection = .null
                settings.audio?.input?.transcription = .value(Transcription(model: "whisper-1"))
            }
            try await session.sendAudio(Self.speech)
            try await session.clearAudio()
            try await session.sendAudio(Self.speech)
            let item = try await session.commitAudio()
            let response = try await session.generateResponse()
            #expect(try await item.completion().transcript == "What time is it?")
            #expect(try await response.completion().status == .completed)
            try await session.removeItem(item.id)
            #expect(!session.conversation.contains { $0.id == item.id })
        }
    }

    @Test("a function is called, carried out and answered", arguments: Door.allCases)
    func tools(door: Door) async throws {
        struct Zone: Decodable { var zone: String }
        let asked = Mutex<[String]>([])
        var options = RealtimeSession.Options()
        options.tools = [
            RealtimeTool(
                "get_time", description: "The time.",
                parameters: ["type": "object", "properties": ["zone": ["type": "string"]], "required": ["zone"]]
            ) { (zone: Zone) in
                asked.withLock { $0.append(zone.zone) }
                return "noon"
            }
        ]
        var script = ScriptedEngines()
        script.answer = []
        script.call = ("get_time", #"{"zone":"UTC"}"#)
        try await Self.with(door, script, options: options) { session in
            try await session.send("What time is it?")
            let response = try await session.generateResponse()
            for try await case .functionCall(let call) in response {
                #expect(call.name == "get_time")
                #expect(try await call.arguments() == #"{"zone":"UTC"}"#)
            }
            #expect(try await response.followUp() != nil)
            #expect(asked.withLock { $0.first } == "UTC")
            #expect(
                session.conversation.contains {
                    if case .functionCallOutput(_, "noon") = $0.body { true } else { false }
                })
        }
    }

    @Test("a long answer is cancelled", arguments: Door.allCases)
    func cancelling(door: Door) async throws {
        var script = ScriptedEngines()
        script.answer = Array(repeating: "And on it goes. ", count: 100)
        script.pace = .milliseconds(20)
        try await Self.with(door, script) { session in
            let response = try await session.generateResponse()
            for try await case .message(let message) in response {
                for try await case .audio(let audio) in message {
                    _ = try await audio.audioChunks.first { _ in true }
                    try await response.cancel()
                }
            }
            #expect(try await response.completion().status == .cancelled)
        }
    }

    @Test("what the service refuses is told by the call", arguments: Door.allCases)
    func refusals(door: Door) async throws {
        try await Self.with(door) { session in
            let error = await #expect(throws: ClientError.self) { try await session.removeItem("nowhere") }
            #expect(error?.code == .serverError)
            #expect(error?.message.contains("nowhere") == true)
            try await session.send("And it goes on.")
        }
    }

    @Test("a wrong key is refused with the service's own words", arguments: Door.allCases)
    func wrongKey(door: Door) async throws {
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(ScriptedEngines().cascade)
        try await TestServer.with(conversations, configure: { $0.apiKeys = ["secret"] }) { server in
            let error = await #expect(throws: ClientError.self) {
                try await RealtimeSession.connect(to: door.service(server.port), credential: .key("other"))
            }
            // Azure's paths refuse the handshake, OpenAI's say so on an open socket (protocol.md A.3).
            #expect(error?.message.contains("401") == true || error?.message.contains("key") == true, "\(error as Any)")
        }
    }

    private struct Wrong: Error {}
}
