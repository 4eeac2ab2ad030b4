import Foundation
import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import SessionCore
import SpeechEngines
import Testing

@testable import RealtimeServer

/// A client that says anything at all, against the whole server with scripted engines: never a crash, never a broken
/// invariant, and memory that stays flat at the audio ceiling (protocol.md H, rows 44 and 45).
///
/// `make test` takes a few sessions, `make check` all of them: `VIVAVOCE_SOAK=1`.
@Suite(.serialized) struct RandomClientTests {
    static let isSoak = ProcessInfo.processInfo.environment["VIVAVOCE_SOAK"] != nil

    private static func serve(_ script: ScriptedEngines, _ body: (TestServer) async throws -> Void) async throws {
        var rules = Session.Rules()
        rules.audioLimitMs = 5_000
        let conversations = Conversations(rules: rules)
        conversations.use(script.cascade)
        try await TestServer.with(conversations, configure: { $0.maxSessions = 1000 }, body)
    }

    @Test("any 300 messages leave every invariant whole", arguments: 0..<(isSoak ? 200 : 12))
    func random(seed: Int) async throws {
        var script = ScriptedEngines()
        if seed % 3 == 0 { script.call = ("f", #"{"x":1}"#) }
        if seed % 5 == 0 { script.failure = EngineError(.failed, "It broke.") }
        if seed % 4 == 0 { script.pace = .milliseconds(1) }
        try await Self.serve(script) { server in
            let socket = try await server.connect(
                seed % 7 == 0 ? "/v1/realtime?intent=transcription" : "/v1/realtime?model=gpt-realtime")
            let reading = Task {
                var order = EventOrder()
                for try await case .text(let text) in socket.messages {
                    let event = try JSONValue(parsing: Array(text.utf8)).decode(ServerEvent.self)
                    for violation in order.take(event) { Issue.record("seed \(seed): \(violation)") }
                    // The last question's answer: all else came before.
                    if case .error(let error) = event.body, error.error.eventID == "last" { break }
                }
                return order
            }
            var client = RandomClient(seed: UInt64(seed), type: seed % 7 == 0 ? "transcription" : "realtime")
            for _ in 0..<300 { try await socket.send(text: client.message()) }
            try await socket.send(text: #"{"type":"nope","event_id":"last"}"#)
            _ = try await reading.value
            await socket.close()
        }
    }

    @Test("a conversation of many turns, in order")
    func manyTurns() async throws {
        try await Self.serve(ScriptedEngines()) { server in
            let socket = try await server.connect()
            var order = EventOrder()
            var messages = socket.messages.makeAsyncIterator()
            let before = Self.residentMegabytes()
            for turn in 0..<(Self.isSoak ? 1000 : 50) {
                let text = #"{"type":"input_text","text":"Question \#(turn)?"}"#
                try await socket.send(
                    text:
                        #"{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[\#(text)]}}"#
                )
                try await socket.send(text: #"{"type":"response.create"}"#)
                while let message = try await messages.next() {
                    guard case .text(let text) = message else { continue }
                    let event = try JSONValue(parsing: Array(text.utf8)).decode(ServerEvent.self)
                    for violation in order.take(event) { Issue.record("turn \(turn): \(violation)") }
                    if event.kind == .rateLimitsUpdated { break }
                }
            }
            if Self.isSoak { #expect(Self.residentMegabytes() - before < 60) }
            await socket.close()
        }
    }

    @Test("audio without end keeps to the ceiling")
    func endlessAudio() async throws {
        try await Self.serve(ScriptedEngines()) { server in
            let socket = try await server.connect()
            let second = Base64.encode([UInt8](repeating: 0, count: 48_000))
            var messages = socket.messages.makeAsyncIterator()
            _ = try await messages.next()
            func append(_ seconds: Int) async throws {
                for _ in 0..<seconds {
                    try await socket.send(text: #"{"type":"input_audio_buffer.append","audio":"\#(second)"}"#)
                }
                try await socket.send(text: #"{"type":"session.update","session":{"type":"realtime"}}"#)
                while let message = try await messages.next() {
                    if case .text(let text) = message, text.contains("session.updated") { break }
                }
            }
            try await append(20)
            let before = Self.residentMegabytes()
            try await append(Self.isSoak ? 1200 : 60)
            if Self.isSoak { #expect(Self.residentMegabytes() - before < 40) }
            // Without turn detection nothing makes room but the client.
            try await socket.send(
                text:
                    #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}"#
            )
            try await socket.send(text: #"{"type":"input_audio_buffer.clear"}"#)
            for number in 0..<7 {
                try await socket.send(
                    text: #"{"type":"input_audio_buffer.append","event_id":"\#(number)","audio":"\#(second)"}"#)
            }
            try await socket.send(text: #"{"type":"input_audio_buffer.commit"}"#)
            var refused: [String] = []
            while let message = try await messages.next() {
                guard case .text(let text) = message else { continue }
                let event = try JSONValue(parsing: Array(text.utf8))
                if event["type"] == "input_audio_buffer.committed" { break }
                if event["error"]?["code"] == "input_audio_buffer_full" {
                    refused.append(event["error"]?["event_id"]?.string ?? "")
                }
            }
            #expect(refused == ["5", "6"])
            await socket.close()
        }
    }

    private static func residentMegabytes() -> Int {
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return 0 }
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096 / 1_000_000
    }
}

/// Messages of every kind, right and wrong.
private struct RandomClient {
    private var random: SplitMix64
    private let type: String

    init(seed: UInt64, type: String) {
        random = SplitMix64(seed: seed)
        self.type = type
    }

    private mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    private mutating func one<Element>(of elements: [Element]) -> Element { elements[pick(elements.count)] }

    mutating func message() -> String {
        let item = one(of: ["item_1", "item_2", "", "root", String(repeating: "x", count: 33)])
        let text = one(of: ["Hello.", "", "👩‍👩‍👧‍👦", #"\"quoted\""#, "<|im_end|>"])
        switch pick(16) {
        case 0: return #"{"type":"response.create"}"#
        case 1:
            return
                #"{"type":"response.create","response":{"conversation":"\#(one(of: ["none", "auto", "both"]))","metadata":{"a":"b"},"max_output_tokens":\#(one(of: ["5", "\"inf\"", "0", "1.5"]))}}"#
        case 2: return #"{"type":"response.cancel"}"#
        case 3: return #"{"type":"response.cancel","response_id":"resp_1"}"#
        case 4, 5:
            let sample: [UInt8] = pick(2) == 0 ? [0x7F, 0x20] : [0, 0]
            let sound = Array(repeatElement(sample, count: 1200 * (1 + pick(8))).joined())
            return #"{"type":"input_audio_buffer.append","audio":"\#(Base64.encode(sound))"}"#
        case 6: return #"{"type":"input_audio_buffer.append","audio":"\#(one(of: ["", "!", "AAA", "AA=="]))"}"#
        case 7: return #"{"type":"\#(one(of: ["input_audio_buffer.commit", "input_audio_buffer.clear"]))"}"#
        case 8, 9:
            let role = one(of: ["user", "assistant", "system", "robot"])
            let part = one(of: ["input_text", "output_text", "text", "input_audio", "input_image"])
            return
                #"{"type":"conversation.item.create","previous_item_id":"\#(item)","item":{"id":"\#(one(of: ["item_1", "item_2", "item_3", ""]))","type":"message","role":"\#(role)","content":[{"type":"\#(part)","text":"\#(text)"}]}}"#
        case 10: return #"{"type":"conversation.item.\#(one(of: ["delete", "retrieve"]))","item_id":"\#(item)"}"#
        case 11:
            return
                #"{"type":"conversation.item.truncate","item_id":"\#(item)","content_index":0,"audio_end_ms":\#(pick(3000) - 100)}"#
        case 12:
            let detection = one(of: [
                "null", #"{"type":"server_vad"}"#, #"{"type":"server_vad","interrupt_response":false}"#,
                #"{"type":"semantic_vad"}"#, #"{"type":"none"}"#, #"{"type":"server_vad","idle_timeout_ms":5000}"#, "7",
            ])
            let format = one(of: [#"{"type":"audio/pcm","rate":24000}"#, #"{"type":"audio/pcmu"}"#])
            return
                #"{"type":"session.update","session":{"type":"\#(type)","audio":{"input":{"format":\#(format),"turn_detection":\#(detection),"transcription":\#(one(of: ["null", #"{"model":"m"}"#])),"noise_reduction":\#(one(of: ["null", #"{"type":"far_field"}"#]))}}}}"#
        case 13:
            return
                #"{"type":"session.update","session":{"type":"\#(type)","tools":[{"type":"function","name":"f","parameters":{"type":"object"}}],"output_modalities":["\#(one(of: ["audio", "text"]))"]}}"#
        case 14:
            return one(of: [
                "", "{", "[]", "null", #"{"type":7}"#, #"{"type":"nope"}"#, #"{"a":{"b":[1,2,{"c":"\u0000"}]}}"#,
            ])
        default:
            return
                #"{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"call_1","output":"\#(text)"}}"#
        }
    }
}
