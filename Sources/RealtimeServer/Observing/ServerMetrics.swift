import SessionCore
import Synchronization

/// What the server counts beside the times of its answers (``TurnMetrics``), as Prometheus reads it.
final class ServerMetrics: Sendable {
    private struct Counts {
        var sessions: [String: Int] = [:]
        var closes: [String: Int] = [:]
        var refusals: [String: Int] = [:]
        var tokens = (input: 0, output: 0)
        var seconds = (heard: 0.0, said: 0.0)
        var work: [SessionWork: Int] = [:]
    }

    private let counts = Mutex(Counts())
    private let live: LiveSessions
    private let slots: Slots
    private let connections: Slots

    init(live: LiveSessions, slots: Slots, connections: Slots) {
        self.live = live
        self.slots = slots
        self.connections = connections
    }

    func sessionBegan(_ dialect: String) { counts.withLock { $0.sessions[dialect, default: 0] += 1 } }
    func sessionEnded(_ code: CloseCode) { counts.withLock { $0.closes["\(code.rawValue)", default: 0] += 1 } }
    func refused(_ reason: String) { counts.withLock { $0.refusals[reason, default: 0] += 1 } }

    func count(inputTokens: Int, outputTokens: Int) {
        counts.withLock {
            $0.tokens.input += inputTokens
            $0.tokens.output += outputTokens
        }
    }

    func count(heardSeconds: Double, saidSeconds: Double) {
        counts.withLock {
            $0.seconds.heard += heardSeconds
            $0.seconds.said += saidSeconds
        }
    }

    func work(_ kind: SessionWork, _ change: Int) { counts.withLock { $0.work[kind, default: 0] += change } }

    /// All of it, in Prometheus' text format.
    var text: String {
        let counts = counts.withLock { $0 }
        var text = PrometheusText()
        text.metric("vivavoce_sessions", "gauge", "Sessions that run.", live.count)
        text.metric("vivavoce_sessions_taken", "gauge", "Places for sessions that are taken.", slots.count)
        text.metric("vivavoce_sessions_limit", "gauge", "Places for sessions: max-sessions.", slots.limit)
        text.metric("vivavoce_connections", "gauge", "Connections, with and without a session.", connections.count)
        text.metric(
            "vivavoce_sessions_total", "counter", "Sessions that began, by dialect.", by: "dialect", counts.sessions)
        text.metric(
            "vivavoce_session_closes_total", "counter", "Sessions that ended, by close code.", by: "code", counts.closes
        )
        text.metric(
            "vivavoce_refusals_total", "counter", "Handshakes that were refused, by reason.", by: "reason",
            counts.refusals)
        text.metric(
            "vivavoce_work", "gauge", "Work for engines under way or waiting, by kind.", by: "kind",
            Dictionary(uniqueKeysWithValues: SessionWork.allCases.map { ($0.rawValue, counts.work[$0] ?? 0) }))
        text.metric(
            "vivavoce_tokens_total", "counter", "Tokens of responses, by direction.", by: "direction",
            ["input": counts.tokens.input, "output": counts.tokens.output])
        text.metric(
            "vivavoce_audio_seconds_total", "counter", "Sound, by direction.", by: "direction",
            ["heard": counts.seconds.heard, "said": counts.seconds.said])
        if let memory = ProcessMemory.residentMB {
            text.metric(
                "process_resident_memory_bytes", "gauge", "Memory that is really there.", memory * 1_048_576)
        }
        return text.text
    }
}

/// Prometheus' text format, version 0.0.4, metric by metric.
struct PrometheusText {
    private(set) var text = ""

    mutating func metric(_ name: String, _ kind: String, _ help: String, _ value: some Numeric) {
        head(name, kind, help)
        text += "\(name) \(value)\n"
    }

    /// - Parameter label: the name of the label that tells the values apart.
    mutating func metric(
        _ name: String, _ kind: String, _ help: String, by label: String, _ values: [String: some Numeric]
    ) {
        head(name, kind, help)
        for (which, value) in values.sorted(by: { $0.key < $1.key }) {
            text += "\(name){\(label)=\(Self.quoted(which))} \(value)\n"
        }
    }

    mutating func head(_ name: String, _ kind: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n") + "\""
    }
}
