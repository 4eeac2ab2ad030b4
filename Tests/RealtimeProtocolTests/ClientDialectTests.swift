import CustomDump
import Testing

@testable import RealtimeProtocol

/// What a client says in a dialect a server of that dialect understands, and the other way round.
@Suite struct ClientDialectTests {
    static let dialects: [Dialect.Name] = [.ga, .preview(nil), .preview(.october2024), .preview(.april2025)]

    @Test("a client reads each event alike, in whichever dialect it was sent", arguments: Fixtures.names("ga"))
    func serverEvents(name: String) throws {
        let event = try Fixtures.event(name).decode(ServerEvent.self)
        for name in Self.dialects {
            guard let message = Dialect(name).encode(event) else { continue }
            let read = try Dialect.readServerEvent(message)
            #expect(read.kind == event.kind)
            // What the preview does not say is not known afterwards; what it says is the same.
            let again = try #require(Dialect(name).encode(read))
            expectNoDifference(again.canonical, message.canonical, "\(name)")
        }
    }

    @Test(
        "a server reads each event of a client alike, in whichever dialect it was sent",
        arguments: Fixtures.lines("client/ga.jsonl"))
    func clientEvents(line: String) throws {
        var server = Dialect(.ga)
        let event = try server.decode(try JSONValue(parsing: line))
        for name in Self.dialects where name != .ga {
            if case .sessionClose = event.body { continue }  // of translation sessions, which came with GA
            if case .sessionInputAudioBufferAppend = event.body { continue }
            var server = Dialect(name)
            let message = try Dialect(name).encode(event)
            var read = try server.decode(message)
            // The preview names no kind of session, and GA always does; it knows no idle timeout.
            if case .sessionUpdate(var update) = read.body, case .sessionUpdate(let sent) = event.body {
                update.session.type = sent.session.type
                if case .value(.serverVAD(let vad)) = sent.session.audio?.input?.turnDetection, vad.idleTimeoutMs != nil
                {
                    update.session.audio?.input?.turnDetection = .value(.serverVAD(vad))
                }
                read.body = .sessionUpdate(update)
            }
            expectNoDifference(read, event, "\(name): \(message.text)")
        }
    }
}
