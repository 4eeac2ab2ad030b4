import Foundation

/// A benchmark's result as text and as a picture.
public enum Report {
    /// The tables of some runs, in Markdown.
    ///
    /// - Parameter stages: whether also to tell where the time goes.
    public static func markdown(_ runs: [BenchRun], stages: Bool = false) -> String {
        let talks = runs.filter { !$0.turns.isEmpty }
        var parts = talks.isEmpty ? [] : [table(talks, Figure.all)]
        if stages { parts.append("Stages, as the client sees them:\n\n" + table(runs, Figure.stages)) }
        if let table = interruptions(runs) { parts.append(table) }
        if let table = waterfall(runs) { parts.append(table) }
        return (parts + runs.map(account)).joined(separator: "\n\n")
    }

    /// A number with a digit after the point only where it matters.
    static func number(_ value: Double) -> String {
        String(format: abs(value) >= 10 ? "%.0f" : "%.1f", value)
    }

    private static func name(_ run: BenchRun, in runs: [BenchRun]) -> String {
        Set(runs.map(\.target)).count > 1 ? "\(run.sessions), \(run.target)" : "\(run.sessions)"
    }

    private static func table(_ runs: [BenchRun], _ figures: [Figure]) -> String {
        rows(
            "ms", runs,
            figures.flatMap { figure in
                runs.map { ($0, figure.title, Distribution($0.counted.compactMap(figure.value))) }
            })
    }

    private static func rows(
        _ head: String, _ runs: [BenchRun], _ rows: [(BenchRun, title: String, Distribution)]
    ) -> String {
        let lines = rows.map { run, title, values in
            let cells = [0.5, 0.95, 0.99, 0, 1].map { values[$0].map(number) ?? "–" }.joined(separator: " | ")
            return "| \(title) | \(name(run, in: runs)) | \(values.values.count) | \(cells) |"
        }
        return """
            | \(head) | sessions | turns | p50 | p95 | p99 | min | max |
            | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
            \(lines.joined(separator: "\n"))
            """
    }

    private static func interruptions(_ runs: [BenchRun]) -> String? {
        let runs = runs.filter { !$0.interruptions.isEmpty }
        guard !runs.isEmpty else { return nil }
        return "Interruptions:\n\n"
            + rows(
                "ms", runs,
                runs.flatMap { run in
                    [
                        (
                            run, "first sound of the interruption → `speech_started`",
                            Distribution(run.interruptions.compactMap(\.felt))
                        ),
                        (
                            run, "`speech_started` → `response.done`",
                            Distribution(run.interruptions.compactMap(\.cut))
                        ),
                    ]
                })
    }

    private static func waterfall(_ runs: [BenchRun]) -> String? {
        let runs = runs.filter { !$0.steps.isEmpty }
        guard !runs.isEmpty else { return nil }
        let lines = runs.flatMap { run in
            run.steps.map {
                "| `\($0.name)` | \(name(run, in: runs)) | \($0.count) | \(number($0.p50)) | \(number($0.p95)) |"
            }
        }
        return """
            The waterfall, as the server sees it: ms from the end of speech.

            | step | sessions | turns | p50 | p95 |
            | --- | ---: | ---: | ---: | ---: |
            \(lines.joined(separator: "\n"))
            """
    }

    private static func account(_ run: BenchRun) -> String {
        var reasons: [String: Int] = [:]
        for failure in run.turns.compactMap(\.failure) { reasons[failure, default: 0] += 1 }
        let failed = reasons.values.reduce(0, +)
        let told = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) × \($0.key)" }
        var lines =
            run.turns.isEmpty
            ? []
            : [
                "turns: \(run.turns.count - failed) counted, \(failed) failed"
                    + (failed > 0 ? " (\(told.joined(separator: "; ")))" : "")
            ]
        if !run.decoding.isEmpty {
            let speeds = run.decoding.map { $0.map(number) ?? "unknown" }.joined(separator: ", ")
            lines.append("decoding alone, before and after: \(speeds) tokens/s")
        }
        lines.append(
            "the benchmark: \(number(run.ownShare * 100)) % of a core; messages late by \(number(run.lateP95)) ms at p95,"
                + " \(number(run.lateMost)) ms at most")
        if let others = run.othersShare { lines.append("everybody else: \(number(others * 100)) % of a core") }
        if let seconds = run.serverSecondsPerSessionMinute {
            lines.append("the server: \(String(format: "%.3f", seconds)) CPU seconds a session-minute")
        }
        if let memory = run.memory {
            let each = (memory.now - memory.before) / Double(run.sessions)
            lines.append(
                "the server: \(number(memory.now)) MB resident, \(number(memory.most)) MB at most,"
                    + " \(number(each)) MB more than before for each session")
        }
        if run.soundMessages > 0 {
            let each = Double(run.soundMessages) / run.microphoneSeconds
            lines.append("sound from the server: \(number(each)) messages a second in each session; 50 were sent to it")
        }
        let lost = run.interruptions.count { $0.felt == nil }
        if lost > 0 { lines.append("interruptions that were not heard: \(lost) of \(run.interruptions.count)") }
        let verdict =
            run.disturbances.isEmpty
            ? "undisturbed" : "disturbed (\(run.disturbances.joined(separator: "; "))): the times prove nothing"
        return "\(run.target), \(run.sessions) session\(run.sessions == 1 ? "" : "s"): **\(verdict)**\n"
            + lines.map { "- \($0)" }.joined(separator: "\n")
    }
}
