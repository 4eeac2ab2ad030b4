import RealtimeProtocol
public import SessionCore
import Synchronization

/// The times of the latest answers, of all sessions.
public final class TurnLog: Sendable {
    private let kept = Mutex<[Entry]>([])
    private let metrics = Mutex(TurnMetrics())
    /// How many are kept.
    static let most = 500

    /// An answer's times and its session.
    struct Entry: Encodable {
        var session: String
        var timing: TurnTiming

        func encode(to encoder: any Encoder) throws {
            try timing.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(session, forKey: .session)
        }

        private enum Key: String, CodingKey { case session = "session_id" }
    }

    /// Nothing kept yet.
    public init() {}

    /// Keeps the times of an answer in the session of this name.
    public func note(_ timing: TurnTiming, session: String) {
        kept.withLock { kept in
            if kept.count == Self.most { kept.removeFirst() }
            kept.append(Entry(session: session, timing: timing))
        }
        metrics.withLock { $0.add(timing) }
    }

    /// Counts what the prepared answers of a session that has ended were worth.
    public func note(_ speculation: Session.Speculation) { metrics.withLock { $0.add(speculation) } }

    /// All answers since the start, in Prometheus's text format.
    func prometheus() -> String { metrics.withLock { $0.text } }

    /// How long users wait now: the time from the end of a turn to the first sound that of four answers one exceeds, in ms.
    ///
    /// - Parameter now: Unix milliseconds. Answers of the last 20 s count.
    /// - Returns: `nil` when there were fewer than three.
    func wait(at now: Int) -> Int? {
        let latest = kept.withLock { kept in
            kept.reversed().prefix { now - $0.timing.startedAt < 20_000 }.compactMap { entry -> Int? in
                guard let ended = entry.timing.turnEnded, let sent = entry.timing.firstSent else { return nil }
                return max(0, sent - ended)
            }
        }.sorted()
        return latest.count < 3 ? nil : latest[latest.count * 3 / 4]
    }

    /// The answers, oldest first, and for each step how many milliseconds after the end of speech it was reached, over
    /// the answers to speech: the middle and the 95th of 100.
    ///
    /// - Parameter latest: only of so many answers, if given.
    func json(latest: Int? = nil) -> String {
        let entries = kept.withLock { $0.suffix(latest ?? Self.most) }
        var summary = JSONObject()
        for (name, times) in TurnTiming.steps(of: entries.map(\.timing).filter { $0.item != nil }) {
            let times = times.sorted()
            func share(_ part: Double) -> JSONValue { .integer(times[Int(part * Double(times.count - 1) + 0.5)]) }
            summary[name] = ["count": .integer(times.count), "p50_ms": share(0.5), "p95_ms": share(0.95)]
        }
        let data = entries.compactMap { try? JSONValue(encoding: $0) }
        return (["object": "list", "data": .array(data), "summary": .object(summary)] as JSONValue).text
    }
}
