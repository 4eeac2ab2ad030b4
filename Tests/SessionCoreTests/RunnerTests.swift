import AudioDSP
import Foundation
import RealtimeProtocol
import RealtimeTesting
import SpeechEngines
import Synchronization
import Testing

@testable import SessionCore

/// A client whose messages are a script that may wait for what the server says.
private final class ScriptedClient: SessionConnection {
    enum Step { case say(String), waitFor(String), binary, retrieveLatest }

    private let steps: Mutex<[Step]>
    private let received = Mutex<[JSONValue]>([])
    let closed = Mutex<Int?>(nil)

    private let breaks: Bool

    /// - Parameter breaks: whether the connection is lost when the server speaks.
    init(_ steps: [Step], breaks: Bool = false) {
        self.steps = Mutex(steps)
        self.breaks = breaks
    }

    var events: [JSONValue] { received.withLock { $0 } }
    var types: [String] { events.compactMap { $0["type"]?.string } }

    func receive(_ take: @escaping @Sendable (Result<ClientMessage?, any Error>) -> Void) {
        Task { take(.success(await next())) }
    }

    private func next() async -> ClientMessage? {
        while true {
            guard let step = steps.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return nil }
            switch step {
            case .say(let text): return .text(Array(text.utf8))
            case .binary: return .binary
            case .retrieveLatest:
                let item = events.last { $0["type"] == "input_audio_buffer.committed" }?["item_id"]?.string ?? ""
                return .text(Array(#"{"type":"conversation.item.retrieve","item_id":"\#(item)"}"#.utf8))
            case .waitFor(let type):
                // Nobody stops this loop: a session that ended without saying it has said enough.
                for _ in 0..<1_000_000 where !types.contains(type) { await Task.yield() }
            }
        }
    }

    func send(_ texts: [[UInt8]]) throws {
        if breaks { throw EngineError(.failed, "The connection is lost.") }
        let events = try texts.map { try JSONValue(parsing: $0) }
        received.withLock { $0 += events }
    }

    func close(code: Int, reason: String) { closed.withLock { $0 = code } }
}

@Suite struct RunnerTests {
    private func run(
        _ steps: [ScriptedClient.Step], _ engines: ScriptedEngines = ScriptedEngines(),
        dialect: Dialect = Dialect(.ga), recorder: (any SessionRecorder)? = nil
    ) async throws -> ScriptedClient {
        let client = ScriptedClient(steps)
        let runner = SessionRunner(connection: client, cascade: engines.cascade, clock: { 1_790_000_000_000 })
        let session = Session(
            id: "sess_1", dialect: dialect, model: "gpt-realtime", startedAt: 1_790_000_000_000, seed: 7)
        try await runner.run(session, recorder: recorder)
        return client
    }

    private static func append(_ samples: [Int16]) -> ScriptedClient.Step {
        .say(#"{"type":"input_audio_buffer.append","audio":"\#(Base64.encode(PCM16.encode(samples)))"}"#)
    }
    /// 800 ms of a loud tone, then 400 ms of silence, in pieces of 100 ms.
    private static let question: [ScriptedClient.Step] = (0..<12).map { piece in
        append((0..<2400).map { piece < 8 ? Int16($0 % 100 < 50 ? 8000 : -8000) : 0 })
    }

    @Test("a spoken question gets a spoken answer")
    func audioTurn() async throws {
        let client = try await run(Self.question + [.waitFor("response.done")])
        let order = [
            "session.created", "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped",
            "input_audio_buffer.committed", "conversation.item.added", "conversation.item.done", "response.created",
            "response.output_item.added", "conversation.item.added", "response.content_part.added",
            "response.output_audio_transcript.delta", "response.output_audio.delta", "response.output_audio.done",
            "response.output_audio_transcript.done", "response.content_part.done", "conversation.item.done",
            "response.output_item.done", "response.done", "rate_limits.updated",
        ]
        var seen: [String] = []
        for type in client.types where !(type.hasSuffix(".delta") && seen.contains(type)) { seen.append(type) }
        #expect(seen == order)
        let sound = client.events.filter { $0["type"] == "response.output_audio.delta" }
            .compactMap { $0["delta"]?.string }.compactMap { Base64.decode($0.utf8)?.count }.reduce(0, +)
        let letters = "Itisnoonmoreorless".count
        #expect(sound == letters * 1200 * 2)
        let words = client.events.filter { $0["type"] == "response.output_audio_transcript.delta" }
            .compactMap { $0["delta"]?.string }
        #expect(words == ["It", " is", " noon,", " more", " or", " less."])
    }

    @Test("bad messages are answered, and the session goes on")
    func badMessages() async throws {
        let client = try await run([
            .say("not json"), .binary, .say("[]"), .say("7"),
            .say(#"{"type":"input_audio_buffer.append","audio":"*"}"#),
            .say(#"{"type":"input_audio_buffer.append","audio":""}"#), .say(#"{"type":"input_audio_buffer.append"}"#),
            .say(#"{"type":"input_audio_buffer.append","audio":7,"event_id":"e"}"#),
            .say(#"{"type":"session.update","session":{"type":"realtime"}}"#), .waitFor("session.updated"),
        ])
        let codes = client.events.compactMap { $0["error"]?["code"]?.string }
        #expect(
            codes == [
                "invalid_json", "invalid_event", "invalid_type", "invalid_type", "invalid_value", "invalid_value",
                "missing_required_parameter", "invalid_type",
            ])
        #expect(client.types.last == "session.updated")
    }

    @Test("a failing engine ends its response, and the next one may work")
    func failure() async throws {
        var engines = ScriptedEngines()
        engines.failure = EngineError(.failed, "The model broke.")
        let client = try await run([.say(#"{"type":"response.create"}"#), .waitFor("response.done")], engines)
        let done = client.events.first { $0["type"] == "response.done" }
        #expect(done?["response"]?["status"] == "failed")
        #expect(done?["response"]?["status_details"]?["error"]?["message"] == "The model broke.")
    }

    @Test("everything that can happen is written down and read again")
    func inputsAreCodable() throws {
        let inputs: [Input] = [
            .opened, .message(["type": "x"]), .unreadable(.binaryFrame),
            .audio(AudioArrival(range: 0..<768, windows: [VoiceWindow(end: 768, probability: 0.25, level: -30)])),
            .recognized(RecognitionResult(item: "i", attempt: 1, text: nil, failure: "x")), .time(7),
            .generation("r", .text("a")), .generation("r", .sound(0..<24, clause: nil)),
            .generation("r", .call(.began(name: "f"))), .generation("r", .call(.arguments("{}"))),
            .generation("r", .call(.ended)), .judged(TurnJudgement(item: "i", voicedUntil: 7, probability: 0.5)),
            .generation("r", .failed(code: "c", message: "m")),
            .generation("r", .finished(reachedLimit: true, promptTokens: 1, cachedTokens: 2, answerTokens: 3)),
        ]
        for input in inputs {
            let written = try JSONValue(encoding: input).bytes
            #expect(try JSONValue(parsing: written).decode(Input.self) == input)
        }
    }

    @Test(
        "what the model keeps of a conversation goes with it, also when the connection is lost",
        arguments: [true, false])
    func forgets(isLost: Bool) async throws {
        let engines = ScriptedEngines()
        let client = ScriptedClient(
            [.say(#"{"type":"response.create"}"#), .waitFor("response.created")], breaks: isLost)
        let runner = SessionRunner(connection: client, cascade: engines.cascade, clock: { 0 })
        _ = try? await runner.run(Session(id: "sess_1", dialect: Dialect(.ga), model: "m", startedAt: 0, seed: 7))
        #expect(engines.forgotten.all == [ConversationKey("sess_1")])
    }

    @Test("half a sample is forgotten with its buffer")
    func oddByteAndClear() async throws {
        let odd = Base64.encode(PCM16.encode(Array(repeating: 256, count: 2400)) + [9])
        let even = Base64.encode(PCM16.encode(Array(repeating: 256, count: 2400)))
        let client = try await run([
            .say(#"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}"#),
            .say(#"{"type":"input_audio_buffer.append","audio":"\#(odd)"}"#),
            .say(#"{"type":"input_audio_buffer.clear"}"#),
            .say(#"{"type":"input_audio_buffer.append","audio":"\#(even)"}"#),
            .say(#"{"type":"input_audio_buffer.commit"}"#), .waitFor("input_audio_buffer.committed"),
            .retrieveLatest, .waitFor("conversation.item.retrieved"),
        ])
        let item = client.events.last { $0["type"] == "conversation.item.retrieved" }?["item"]
        #expect(item?["content"]?.array?.first?["audio"]?.string == even)
    }

    @Test("half a sample waits for its other half")
    func oddBytes() async throws {
        let bytes = PCM16.encode((0..<2400).map { Int16($0) })
        let halves = [bytes.prefix(2401), bytes.dropFirst(2401)].map { Base64.encode(Array($0)) }
        let client = try await run(
            [
                .say(
                    #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}"#
                )
            ]
                + halves.map { .say(#"{"type":"input_audio_buffer.append","audio":"\#($0)"}"#) }
                + [.say(#"{"type":"input_audio_buffer.commit"}"#), .waitFor("conversation.item.done")])
        #expect(!client.types.contains("error"))
    }

    // μ-law has two zeros, of which an encoder makes one: 127 is left out.
    @Test("what came in within an item can be had back, whatever the format", arguments: ["audio/pcm", "audio/pcmu"])
    func retrieve(format: String) async throws {
        let base64 = Base64.encode((0..<4800).map { UInt8($0 / 7 % 127) })
        let rate = format == "audio/pcm" ? #","rate":24000"# : ""
        let client = try await run([
            .say(
                #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"\#(format)"\#(rate)}}}}}"#
            ),
            .say(
                #"{"type":"conversation.item.create","item":{"id":"i","type":"message","role":"user","content":[{"type":"input_audio","audio":"\#(base64)"}]}}"#
            ), .say(#"{"type":"conversation.item.retrieve","item_id":"i"}"#), .waitFor("conversation.item.retrieved"),
        ])
        let item = client.events.last { $0["type"] == "conversation.item.retrieved" }?["item"]
        #expect(item?["content"]?.array?.first?["audio"]?.string == base64)
    }

    @Test(
        "a recorded session replays to the same bytes, and a changed one does not",
        arguments: [Dialect(.ga), Dialect(.preview(.october2024))])
    func recordAndReplay(dialect: Dialect) async throws {
        let tape = Tape()
        let head = Recording.Head(
            id: "sess_1", dialect: dialect, model: "gpt-realtime", startedAt: 1_790_000_000_000, seed: 7,
            rules: Session.Rules())
        let output =
            dialect.name == .ga
            ? #"{"type":"realtime","audio":{"output":{"format":{"type":"audio/pcmu"}}}}"#
            : #"{"output_audio_format":"g711-alaw"}"#
        let client = try await run(
            Self.question + [
                .waitFor("response.done"), .say(#"{"type":"session.update","session":\#(output)}"#),
                .say(#"{"type":"response.create"}"#), .say(#"{"type":"response.cancel"}"#), .say(#"{"type":"nope"}"#),
                .say(#"{"type":"response.create"}"#), .waitFor("error"),
            ], dialect: dialect, recorder: RecordingWriter(head, to: tape, clock: { 1_790_000_000_000 }))
        let lines = tape.lines.withLock { $0 }
        let (input, spoken) = (tape.input.withLock { $0 }, tape.output.withLock { $0 })
        #expect(try Replay.run(events: lines, input: input, output: spoken) == .same(messages: client.events.count))

        var changed = spoken
        changed[100] &+= 1
        guard case .differs = try Replay.run(events: lines, input: input, output: changed) else {
            Issue.record("another sound went unnoticed")
            return
        }
        let without = lines.filter { !$0.contains("response.created") }
        guard case .differs = try Replay.run(events: without, input: input, output: spoken) else {
            Issue.record("a missing message went unnoticed")
            return
        }
        #expect(throws: Replay.Malformed.self) { try Replay.run(events: ["{}"], input: [], output: []) }
    }
}

private final class Tape: RecordingSink {
    let lines = Mutex<[String]>([])
    let input = Mutex<[Int16]>([])
    let output = Mutex<[Int16]>([])
    func append(line: [UInt8]) { lines.withLock { $0.append(String(decoding: line.dropLast(), as: UTF8.self)) } }
    func append(_ samples: [Int16], to track: AudioSpan.Track) {
        if track == .said { output.withLock { $0 += samples } } else { input.withLock { $0 += samples } }
    }
}
