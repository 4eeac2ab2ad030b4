import Foundation
import RealtimeTesting
import SessionCore
import Synchronization
import Testing

@testable import RealtimeServer

/// Clients that come and vanish at every moment of a session leave nothing behind: no session, no place, no connection, no
/// work, no file descriptor.
///
/// `make test` takes a few hundred sessions, `make check` ten thousand: `VIVAVOCE_SOAK=1`.
@Suite(.serialized) struct LeakTests {
    /// When a client vanishes, without a word.
    private enum Moment: Int, CaseIterable {
        case connected, asking, opened, halfAFrame, listening, speaking, answering, closing, answered
    }

    private static let count = RandomClientTests.isSoak ? 10_000 : 300

    @Test("after all have gone every gauge is at zero")
    func killed() async throws {
        var script = ScriptedEngines()
        script.pace = .milliseconds(2)
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(script.cascade)
        try await TestServer.with(conversations, configure: { $0.maxSessions = 1000 }) { server in
            // What the first sessions bring with them for good is no leak.
            try await Self.kill(90, server)
            let before = try await Self.settled(server)
            let begun = ContinuousClock.now
            try await Self.kill(Self.count, server)
            let duration = ContinuousClock.now - begun
            let after = try await Self.settled(server)
            for gauge in ["vivavoce_sessions", "vivavoce_sessions_taken"] { #expect(after[gauge] == 0, "\(gauge)") }
            for kind in SessionWork.allCases {
                #expect(after["vivavoce_work{kind=\"\(kind.rawValue)\"}"] == 0, "\(kind)")
            }
            #expect(after["vivavoce_connections"] == 1, "only the one that asks")
            let began = "vivavoce_sessions_total{dialect=\"ga\"}"
            let sessions = (after[began] ?? 0) - (before[began] ?? 0)
            #expect(sessions > Double(Self.count) * 0.6, "most clients got so far as to have a session")
            let grown = (after["process_resident_memory_bytes"] ?? 0) - (before["process_resident_memory_bytes"] ?? 0)
            print(
                "Leak test: \(Self.count) connections, \(Int(sessions)) sessions killed in \(duration); memory grew by"
                    + " \(Int(grown / 1_048_576)) MiB")
            // Of the whole process, where other tests open files as well; the ten thousand run alone.
            if RandomClientTests.isSoak {
                #expect((after["descriptors"] ?? 0) <= (before["descriptors"] ?? 0) + 2)
                // A leak of a session's few hundred KiB would be gigabytes.
                #expect(grown < 200 * 1_048_576)
            }
        }
    }

    private final class Numbers: Sendable {
        private let number = Atomic(-1)
        func next() -> Int { number.add(1, ordering: .relaxed).newValue }
    }

    private static func kill(_ count: Int, _ server: TestServer) async throws {
        let numbers = Numbers()
        try await withThrowingTaskGroup(of: Void.self) { clients in
            for _ in 0..<8 {
                clients.addTask {
                    while case let number = numbers.next(), number < count {
                        let moment = Moment.allCases[number % Moment.allCases.count]
                        try await RawSocket.with(server) { try come($0, andGoWhen: moment) }
                    }
                }
            }
            try await clients.waitForAll()
        }
    }

    private static func come(_ socket: RawSocket, andGoWhen moment: Moment) throws {
        defer { socket.close() }
        if moment == .connected { return }
        if moment == .asking { return try socket.send(Array("GET /v1/realtime?model=gpt-re".utf8)) }
        try socket.upgrade()
        if moment == .opened { return }
        if moment == .halfAFrame {
            return try socket.send(RawSocket.header(opcode: 1, length: 1000) + Array(repeating: 0x7B, count: 10))
        }
        _ = try socket.text()  // session.created
        if moment == .listening { return }
        let sound = Data(repeating: 0x33, count: 9_600).base64EncodedString()
        for _ in 0..<3 {
            try socket.send(opcode: 1, Array(#"{"type":"input_audio_buffer.append","audio":"\#(sound)"}"#.utf8))
        }
        if moment == .speaking { return }
        try socket.send(opcode: 1, Array(#"{"type":"response.create"}"#.utf8))
        if moment == .closing { return try socket.send(opcode: 8, [0x03, 0xE8]) }
        while true {
            let text = try socket.text()
            if moment == .answering, text.contains("delta") { return }
            if text.contains(#""type":"response.done""#) { return }
        }
    }

    /// What the server says of itself when nothing changes any more; up to ten seconds are waited for it.
    private static func settled(_ server: TestServer) async throws -> [String: Double] {
        var gauges: [String: Double] = [:]
        for _ in 0..<200 {
            gauges = try await self.gauges(server)
            let isQuiet =
                gauges["vivavoce_sessions"] == 0 && gauges["vivavoce_connections"] == 1
                && SessionWork.allCases.allSatisfy { gauges["vivavoce_work{kind=\"\($0.rawValue)\"}"] == 0 }
            if isQuiet { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        return gauges
    }

    private static func gauges(_ server: TestServer) async throws -> [String: Double] {
        let text = Mutex("")
        try await RawSocket.with(server) { socket in
            let answer = try socket.request("GET /metrics HTTP/1.1", "Host: localhost").body
            text.withLock { $0 = answer }
        }
        var gauges: [String: Double] = [:]
        for line in text.withLock({ $0 }).split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            if words.count == 2 { gauges[String(words[0])] = Double(words[1]) }
        }
        gauges["descriptors"] = Double(
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0)
        return gauges
    }
}
