import RealtimeProtocol
import SessionCore

/// The times of all answers since the start, as Prometheus reads them: its text format, version 0.0.4.
struct TurnMetrics {
    private var steps: [String: Histogram] = [:]
    private var answers: [String: Int] = [:]
    private var speculation = Session.Speculation()

    /// How many times lay below each bound.
    private struct Histogram {
        /// Seconds.
        static let bounds = [0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 30]
        var counts = [Int](repeating: 0, count: bounds.count)
        var count = 0
        var sum = 0.0

        mutating func add(_ seconds: Double) {
            count += 1
            sum += seconds
            for (index, bound) in Self.bounds.enumerated() where seconds <= bound { counts[index] += 1 }
        }
    }

    /// Counts an answer.
    mutating func add(_ timing: TurnTiming) {
        answers[timing.status.rawValue, default: 0] += 1
        guard timing.item != nil else { return }
        for (name, after) in timing.steps { steps[name, default: Histogram()].add(Double(after) / 1000) }
    }

    /// Counts what a session's prepared answers were worth.
    mutating func add(_ session: Session.Speculation) { speculation = speculation + session }

    /// All of it as text.
    var text: String {
        var lines: [String] = []
        func metric(_ name: String, _ kind: String, _ help: String, _ values: [(labels: String, value: String)]) {
            lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind)"]
            lines += values.map { "\(name)\($0.labels) \($0.value)" }
        }
        metric(
            "vivavoce_answers_total", "counter", "Answers that have ended, by how.",
            answers.sorted { $0.key < $1.key }.map { ("{status=\"\($0.key)\"}", "\($0.value)") })
        let name = "vivavoce_turn_step_seconds"
        lines += ["# HELP \(name) From the end of speech to a step of its answer.", "# TYPE \(name) histogram"]
        for (step, histogram) in steps.sorted(by: { $0.key < $1.key }) {
            for (bound, count) in zip(Histogram.bounds, histogram.counts) {
                lines.append("\(name)_bucket{step=\"\(step)\",le=\"\(bound)\"} \(count)")
            }
            lines.append("\(name)_bucket{step=\"\(step)\",le=\"+Inf\"} \(histogram.count)")
            lines.append("\(name)_sum{step=\"\(step)\"} \(histogram.sum)")
            lines.append("\(name)_count{step=\"\(step)\"} \(histogram.count)")
        }
        metric(
            "vivavoce_prepared_answers_total", "counter",
            "Answers begun before the turn was over, in sessions that have ended.",
            [
                ("{outcome=\"adopted\"}", "\(speculation.adopted)"),
                ("{outcome=\"dropped\"}", "\(speculation.dropped)"),
            ])
        metric(
            "vivavoce_wasted_tokens_total", "counter", "Words made for answers that were dropped.",
            [("", "\(speculation.wastedTokens)")])
        metric(
            "vivavoce_saved_seconds_total", "counter", "Silence in which answers were made that were used.",
            [("", "\(Double(speculation.savedMs) / 1000)")])
        return lines.joined(separator: "\n") + "\n"
    }
}
