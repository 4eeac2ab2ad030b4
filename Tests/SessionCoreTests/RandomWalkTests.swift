import RealtimeProtocol
import RealtimeTesting
import SpeechEngines
import Testing

@testable import SessionCore

/// Whatever arrives in whatever order, the invariants of protocol.md G.2 and H hold. A failing seed is named by its test.
@Suite struct RandomWalkTests {
    @Test("the invariants hold on any walk", arguments: 0..<200)
    func holds(seed: Int) {
        var walk = Walk(seed: UInt64(seed))
        for _ in 0..<300 { walk.step() }
        walk.end()
    }

    @Test("the same inputs give the same effects")
    func repeats() {
        var first = Walk(seed: 42)
        var second = Walk(seed: 42)
        for _ in 0..<500 {
            first.step()
            second.step()
            #expect(first.effects == second.effects)
        }
    }
}

private struct Walk {
    var random: SplitMix64
    var session: Session
    var effects: [Effect] = []

    private var voicedUntil = 0
    private var heard = 0
    private var said = 0
    private var responses: [ResponseID] = ["resp_nobody"]
    private var items: [ItemID] = ["item_nobody"]
    private var recognitions: [Recognition] = []

    // What has been seen on the wire.
    private var order = EventOrder()
    private var isSpeaking: ItemID?
    private var generated: Set<ResponseID> = []
    private var isTooLong = false

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        let dialects: [Dialect.Name] = [.ga, .preview(.october2024), .preview(nil)]
        var rules = Session.Rules()
        rules.judgesTurnEnds = seed % 2 == 0
        rules.audioLimitMs = seed % 5 == 0 ? 5_000 : 600_000
        session = Session(
            id: "sess_1", dialect: Dialect(dialects[Int(seed % 3)]), kind: seed % 7 == 0 ? .transcription : .realtime,
            model: "m", rules: rules, startedAt: 0, seed: seed)
        handle(.opened)
    }

    mutating func step() {
        let response = responses[pick(responses.count)]
        let item = items[pick(items.count)]
        switch pick(19) {
        case 0: message(["type": "response.create"])
        case 1: message(["type": "response.create", "response": ["conversation": "none"]])
        case 2: message(["type": "response.cancel"])
        case 3: hear(probability: 0.9, windows: 1 + pick(20))
        case 4: hear(probability: 0.01, windows: 1 + pick(12))
        case 5:
            guard !recognitions.isEmpty else { return }
            let asked = recognitions.remove(at: pick(recognitions.count))
            let text = pick(6) == 0 ? nil : ["", "Yes.", "What time is it?"][pick(3)]
            handle(
                .recognized(
                    RecognitionResult(
                        item: asked.item, attempt: asked.attempt, text: text, failure: text == nil ? "x" : nil)))
        case 6, 7: handle(.generation(response, .text(" word")))
        case 8, 9:
            let range = said..<said + 240 * (1 + pick(200))
            said = range.upperBound
            handle(.generation(response, .sound(range, clause: pick(2) == 0 ? " word" : nil)))
        case 10:
            let step: FunctionCallStep = [.began(name: "f"), .arguments("{}"), .ended, .ended][pick(4)]
            handle(.generation(response, .call(step)))
        case 11:
            handle(
                .generation(
                    response, .finished(reachedLimit: pick(4) == 0, promptTokens: 9, cachedTokens: 3, answerTokens: 5)))
        case 12:
            handle(
                .generation(response, .failed(code: ["engine_failed", "conversation_too_long"][pick(2)], message: "x")))
        case 13: message(["type": "conversation.item.delete", "item_id": .string(item.rawValue)])
        case 14:
            message([
                "type": "conversation.item.truncate", "item_id": .string(item.rawValue), "content_index": 0,
                "audio_end_ms": .integer(pick(3000)),
            ])
        case 15: message(["type": ["input_audio_buffer.commit", "input_audio_buffer.clear"][pick(2)]])
        case 16:
            message([
                "type": "conversation.item.create", "previous_item_id": .string(item.rawValue),
                "item": ["type": "message", "role": "user", "content": [["type": "input_text", "text": "x"]]],
            ])
        case 17:
            handle(
                .judged(TurnJudgement(item: item, voicedUntil: voicedUntil, probability: [0.1, 0.9][pick(2)])))
        default:
            let detection: JSONValue = [
                ["type": "server_vad"], ["type": "server_vad", "idle_timeout_ms": 5000],
                ["type": "server_vad", "interrupt_response": false], ["type": "semantic_vad"],
                nil,
                ["type": "server_vad", "create_response": false],
            ][pick(6)]
            message([
                "type": "session.update",
                "session": [
                    "type": .string(session.configuration.type.rawValue),
                    "audio": [
                        "input": ["turn_detection": detection, "transcription": pick(2) == 0 ? nil : ["model": "m"]]
                    ],
                ],
            ])
        }
    }

    /// Every response that was opened can be brought to its end.
    mutating func end() {
        while !recognitions.isEmpty {
            let asked = recognitions.removeFirst()
            handle(.recognized(RecognitionResult(item: asked.item, attempt: asked.attempt, text: "So.")))
        }
        for _ in 0..<100 where !order.open.isEmpty {
            for id in order.open {
                handle(
                    .generation(id, .finished(reachedLimit: false, promptTokens: 1, cachedTokens: 0, answerTokens: 1)))
            }
        }
        #expect(order.open.isEmpty, "a response that never ends")
        #expect(session.responses.isEmpty)
    }

    private mutating func pick(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }
    private mutating func message(_ message: JSONValue) { handle(.message(message)) }

    private mutating func hear(probability: Float, windows: Int) {
        for _ in 0..<windows {
            let range = heard..<heard + VoiceWindow.length
            heard = range.upperBound
            handle(
                .audio(
                    AudioArrival(
                        range: range,
                        windows: [VoiceWindow(end: heard, probability: probability, level: [-20, -40][pick(2)])])))
        }
    }

    private mutating func handle(_ input: Input) {
        effects = []
        if case .generation(_, .failed("conversation_too_long", _)) = input {
            isTooLong = true
        } else {
            isTooLong = false
        }
        session.handle(input, into: &effects)
        for effect in effects { check(effect) }
    }

    private mutating func check(_ effect: Effect) {
        switch effect {
        case .recognize(let recognition):
            #expect(recognition.audio.ranges.allSatisfy { !$0.isEmpty && $0.upperBound <= heard })
            recognitions.append(recognition)
        case .judge(let item, let end, let span):
            #expect(span.ranges.allSatisfy { !$0.isEmpty && $0.upperBound <= heard })
            items.append(item)
            voicedUntil = end
        case .prefill: #expect(session.configuration.type == .realtime)
        case .generate(let id, _), .prepare(let id, _):
            #expect(session.configuration.type == .realtime)
            #expect(generated.insert(id).inserted || isTooLong, "an answer that is made twice")
        case .sendAudio(let delta):
            for violation in order.take(
                sound: .init(eventID: delta.eventID, response: delta.part.responseID, item: delta.part.itemID))
            {
                Issue.record("\(violation)")
            }
        case .send(let event):
            for violation in order.take(event) { Issue.record("\(violation)") }
            note(event.body)
        default: break
        }
    }

    private mutating func note(_ event: ServerEvent.Body) {
        switch event {
        case .responseCreated(let event): responses.append(event.response.id)
        case .responseOutputItemAdded(let event): items.append(event.item.id ?? "")
        case .inputAudioBufferSpeechStarted(let event):
            #expect(isSpeaking == nil && event.audioStartMs >= 0 && event.audioStartMs * 24 <= heard)
            isSpeaking = event.itemID
        case .inputAudioBufferSpeechStopped(let event):
            #expect(isSpeaking == event.itemID, "the end of somebody else's speech")
            isSpeaking = nil
        case .inputAudioBufferCommitted(let event):
            items.append(event.itemID)
            isSpeaking = nil
        case .inputAudioBufferCleared, .sessionUpdated: isSpeaking = session.turn.utterance?.item
        default: break
        }
    }
}
