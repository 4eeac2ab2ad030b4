import RealtimeProtocol
import SpeechEngines
import Testing

@testable import SessionCore

/// The waterfall of a turn, as it is taken from what happens to a session.
@Suite struct TurnClockTests {
    private var session = Session(id: "sess_1", dialect: Dialect(.ga), model: "gpt-realtime", startedAt: 0, seed: 7)
    private var clock = TurnClock()
    private var heard = 0
    private var effects: [Effect] = []
    private var timings: [TurnTiming] = []

    private mutating func happens(_ input: Input, at now: Int) {
        effects = []
        session.handle(input, into: &effects)
        timings += clock.note(input, effects, session, at: now)
    }

    /// Audio that comes in as it is spoken: the clock goes with it.
    private mutating func hear(_ windows: Int, _ probability: Float, level: Float) {
        for _ in 0..<windows {
            let range = heard..<heard + VoiceWindow.length
            heard = range.upperBound
            let window = VoiceWindow(end: heard, probability: probability, level: level)
            happens(.audio(AudioArrival(range: range, windows: [window])), at: heard / 24)
        }
    }

    private func asked() throws -> Recognition {
        try #require(effects.compactMap { if case .recognize(let it) = $0 { it } else { nil } }.last)
    }

    private func response() throws -> ResponseID {
        try #require(
            effects.compactMap {
                if case .generate(let id, _) = $0 { id } else if case .prepare(let id, _) = $0 { id } else { nil }
            }.last)
    }

    @Test("a prepared answer shows what was done before the turn was over")
    mutating func prepared() throws {
        hear(20, 0.9, level: -20)  // until 640 ms
        hear(1, 0.9, level: -50)
        let asked = try asked()
        happens(.recognized(.init(item: asked.item, attempt: asked.attempt, text: "Time?")), at: 780)
        let id = try response()
        happens(.generation(id, .text("It")), at: 850)
        happens(.generation(id, .text(" is")), at: 890)
        happens(.generation(id, .text(" noon,")), at: 930)
        happens(.generation(id, .text(" more")), at: 960)
        hear(1, 0.9, level: -50)
        hear(7, 0.01, level: -70)  // the seventh ends 224 ms after the voice
        #expect(timings.isEmpty)
        happens(.generation(id, .sound(0..<2400, clause: "It is noon,")), at: 1000)
        happens(
            .generation(id, .finished(reachedLimit: false, promptTokens: 9, cachedTokens: 0, answerTokens: 5)), at: 1200
        )
        let timing = try #require(timings.first)
        #expect(timing.startedAt == 640)
        #expect(timing.item == asked.item)
        #expect(
            timing.steps.map { "\($0.name) \($0.after)" } == [
                "understood 140", "begun 140", "first_word 210", "first_clause 290", "first_sound 360",
                "turn_ended 288", "first_sent 360", "ended 560",
            ])
        #expect(timing.wasPrepared)
        #expect(timing.status == .completed)
    }

    @Test("an answer that was asked for counts from there")
    mutating func askedFor() throws {
        happens(.message(["type": "response.create"]), at: 5000)
        let id = try response()
        happens(.generation(id, .text("Hello")), at: 5100)
        happens(.generation(id, .failed(code: "engine_failed", message: "The voice broke.")), at: 5150)
        let timing = try #require(timings.first)
        #expect(timing.steps.map { "\($0.name) \($0.after)" } == ["begun 0", "first_word 100", "ended 150"])
        #expect(timing.item == nil && !timing.wasPrepared && timing.status == .failed)
    }

    @Test("what was prepared for nothing is not timed")
    mutating func dropped() throws {
        hear(20, 0.9, level: -20)
        hear(1, 0.9, level: -50)
        let asked = try asked()
        happens(.recognized(.init(item: asked.item, attempt: asked.attempt, text: "Time")), at: 780)
        _ = try response()
        hear(3, 0.9, level: -20)
        #expect(timings.isEmpty)
    }
}
