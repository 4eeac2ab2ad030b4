import AudioDSP
import RealtimeProtocol
import Testing

@testable import RealtimeBench

/// Something of so many milliseconds; 20 of silence before and 40 after.
private func utterance(_ name: String = "hello", ms: Int = 100) throws -> Utterance {
    let speech = [Int16](repeating: 8000, count: ms * 24)
    let wav = WAV(
        samples: [Int16](repeating: 0, count: 480) + speech + [Int16](repeating: 0, count: 960), rate: 24_000)
    return try Utterance(name: name, wav, speech: 480..<480 + speech.count)
}

/// 10 ms of silence, then `ms` of sound.
private func sound(ms: Int) -> String {
    Base64.encode(
        PCM16.encode([Int16](repeating: 0, count: 240) + [Int16](repeating: 1000, count: ms * 24)))
}

@Suite("A speaking user") struct UserTests {
    /// Speaks for so long, and tells at which messages something was said.
    private func speak(_ user: inout User, from start: Duration, ticks: Int) -> [Duration] {
        (1...ticks).compactMap { tick in
            let now = start + Utterance.tick * tick
            return user.nextMessage(at: now) == Utterance.silence ? nil : now
        }
    }

    @Test("rests, speaks a message every 20 ms, and is silent while it listens")
    func speaks() throws {
        var user = try User([User.Step(utterance: utterance())], at: .zero)
        let said = speak(&user, from: .zero, ticks: 100)
        #expect(said.first == .milliseconds(1020) && said.count >= 5)
        #expect(!user.isDone)
        // The first and the last sample of speech.
        #expect(user.turns[0].began == .milliseconds(1000))
        #expect(user.turns[0].spoken == .milliseconds(1100))
    }

    @Test("tells the times of an answer from the end of speech and from speech_stopped")
    func times() throws {
        var user = try User([User.Step(utterance: utterance())], at: .zero)
        _ = speak(&user, from: .zero, ticks: 60)
        let events: [(Int, Wire.Event)] = [
            (1050, .speechStarted), (1300, .speechStopped(item: "i", atMs: 1290)), (1302, .responseCreated("r")),
            (1310, .transcribed(item: "i", "Hello.")), (1400, .word(response: "r", "Good day.")),
            (1500, .sound(response: "r", base64: sound(ms: 10))),
            (1600, .sound(response: "r", base64: sound(ms: 10))),
            (1700, .responseDone("r", status: "completed", tokens: 3)),
        ]
        for (at, event) in events { user.take(event, at: .milliseconds(at)) }
        _ = speak(&user, from: .milliseconds(1700), ticks: 60)
        #expect(user.isDone)
        let row = user.turns[0].record(session: 0, round: 0)
        #expect(row.failure == nil)
        #expect(row.speechEndToStopped == 200 && row.stoppedToCreated == 2 && row.stoppedToAudio == 200)
        #expect(row.voiceToVoice == 400 && row.leadingSilence == 10 && row.holes == 80)
        #expect(row.stoppedToTranscript == 10 && row.stoppedToWord == 100 && row.speechEndToTurnEnd == 190)
        #expect(row.heard == "Hello." && row.answer == "Good day.")
    }

    @Test(
        "a turn that was cut, split, silent or refused doesn't count, and says why",
        arguments: [
            ([(1020, .speechStopped(item: "i", atMs: 0)), (1300, .responseCreated("r"))], "split"),
            ([(1300, .speechStopped(item: "i", atMs: 0)), (1301, .responseCreated("r"))], "silent answer"),
            ([(1300, .failed("no model"))], "error: no model"), ([], "no speech_stopped within 20 s"),
        ] as [([(Int, Wire.Event)], String)])
    func failures(events: [(Int, Wire.Event)], reason: String) throws {
        var user = try User([User.Step(utterance: utterance())], at: .zero)
        _ = speak(&user, from: .zero, ticks: 50)
        for (at, event) in events where at < 1100 { user.take(event, at: .milliseconds(at)) }
        _ = speak(&user, from: .milliseconds(1000), ticks: 10)
        for (at, event) in events where at >= 1100 { user.take(event, at: .milliseconds(at)) }
        user.take(.responseDone("r", status: "completed", tokens: nil), at: .milliseconds(1400))
        _ = speak(&user, from: .milliseconds(1400), ticks: 1100)
        #expect(user.isDone)
        #expect(user.turns[0].failure?.hasPrefix(reason) == true, "\(user.turns[0].failure ?? "none")")
    }

    @Test("interrupts an answer so long after it became audible, and tells what that took")
    func interrupts() throws {
        var user = try User(
            [
                User.Step(utterance: utterance("question")),
                User.Step(utterance: utterance("stop"), interruptsAfter: .milliseconds(300)),
            ], at: .zero)
        _ = speak(&user, from: .zero, ticks: 60)
        let answer: [(Int, Wire.Event)] = [
            (1250, .speechStopped(item: "i", atMs: 1250)), (1251, .responseCreated("r")),
            (1260, .sound(response: "r", base64: sound(ms: 1000))),
        ]
        for (at, event) in answer { user.take(event, at: .milliseconds(at)) }
        let said = speak(&user, from: .milliseconds(1260), ticks: 40)
        #expect(said.first == .milliseconds(1580))
        user.take(.speechStarted, at: .milliseconds(1700))
        user.take(.responseDone("r", status: "cancelled", tokens: nil), at: .milliseconds(1706))
        try #require(user.turns.count == 2)
        let row = user.turns[1].interruption(session: 0, round: 0)
        #expect(row.felt == 140 && row.cut == 6)
    }

    @Test("a connection that breaks fails what is being said, or what would be said next")
    func loses() throws {
        var user = try User((0..<3).map { _ in User.Step(utterance: try utterance()) }, at: .zero)
        user.lose("refused", at: .milliseconds(10))
        _ = speak(&user, from: .milliseconds(10), ticks: 52)
        user.lose("lost", at: .milliseconds(1100))
        #expect(user.turns.map(\.failure) == ["refused", "lost"] && !user.isDone)
        user.lose("refused", at: .milliseconds(1200))
        #expect(user.isDone && user.turns.count == 3)
    }
}
