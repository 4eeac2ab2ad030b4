import RealtimeProtocol
import Testing

@testable import SessionCore

/// A session keeps a stretch of audio, in and out together; older items keep their transcripts.
@Suite struct AudioLimitTests {
    private static func session() -> (Session, [Effect]) {
        var rules = Session.Rules()
        rules.audioLimitMs = 10_000
        var session = Session(id: "sess_1", dialect: Dialect(.ga), model: "m", rules: rules, startedAt: 0, seed: 1)
        var effects: [Effect] = []
        session.handle(.opened, into: &effects)
        session.handle(
            .message([
                "type": "session.update",
                "session": ["type": "realtime", "audio": ["input": ["turn_detection": nil]]],
            ]), into: &effects)
        return (session, [])
    }

    @Test("the oldest audio goes, its item stays")
    func oldestGoes() throws {
        var (session, effects) = Self.session()
        for second in 0..<30 {
            let start = second * 24_000
            session.handle(.audio(AudioArrival(range: start..<start + 24_000)), into: &effects)
            session.handle(.message(["type": "input_audio_buffer.commit"]), into: &effects)
            #expect(session.heard.length <= 10 * 24_000)
        }
        #expect(session.items.count == 30)
        let shown = [session.items[0], session.items[29]].map { entry in
            effects = []
            session.handle(
                .message(["type": "conversation.item.retrieve", "item_id": .string(entry.id.rawValue)]), into: &effects)
            guard case .sendItem(_, _, let audio)? = effects.first else { return false }
            return audio.contains { $0 != nil }
        }
        #expect(shown == [false, true])
    }

    @Test("what is appended without end is kept from its newest side")
    func endless() {
        var (session, effects) = Self.session()
        for second in 0..<60 {
            let start = second * 24_000
            session.handle(.audio(AudioArrival(range: start..<start + 24_000)), into: &effects)
        }
        #expect(session.turn.buffer.upperBound == 60 * 24_000)
        #expect(session.turn.buffer.count <= 10 * 24_000)
    }

    @Test("what nobody could keep is refused, with the limit's name; turn detection makes room by itself")
    func refused() {
        var (session, effects) = Self.session()
        session.handle(.audio(AudioArrival(range: 0..<9 * 24_000)), into: &effects)
        #expect(session.refusal(ofTicks: 24_000) == nil)
        let refusal = session.refusal(ofTicks: 24_001)
        #expect(refusal?.code == "input_audio_buffer_full")
        #expect(refusal?.message.contains("at most 10 seconds of audio") == true)
        session.handle(.message(["type": "input_audio_buffer.commit"]), into: &effects)
        #expect(session.refusal(ofTicks: 10 * 24_000) == nil)
        session.handle(
            .message([
                "type": "session.update",
                "session": ["type": "realtime", "audio": ["input": ["turn_detection": ["type": "server_vad"]]]],
            ]), into: &effects)
        #expect(session.refusal(ofTicks: 60 * 24_000) == nil)
    }

    @Test("what is said and what is given count too")
    func allTracks() {
        var (session, effects) = Self.session()
        session.handle(.message(["type": "response.create"]), into: &effects)
        guard let id = session.active?.id else {
            Issue.record("no response")
            return
        }
        for second in 0..<20 {
            let start = second * 24_000
            session.handle(.generation(id, .sound(start..<start + 24_000, clause: " more")), into: &effects)
        }
        let clip = Base64.encode([UInt8](repeating: 0, count: 5 * 48_000))
        for _ in 0..<3 {
            session.handle(
                .message([
                    "type": "conversation.item.create",
                    "item": [
                        "type": "message", "role": "user",
                        "content": [["type": "input_audio", "audio": .string(clip)]],
                    ],
                ]), into: &effects)
        }
        #expect(session.heard.length + session.said.length + session.given.length <= 10 * 24_000)
        #expect(effects.contains { if case .forget(.said, _) = $0 { true } else { false } })
    }
}
