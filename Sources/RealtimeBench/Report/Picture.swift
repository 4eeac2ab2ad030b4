import Foundation

/// Each turn as a dot: what the table says, to be looked at.
public enum Picture {
    private static let left = 190.0
    private static let width = 700.0
    private static let band = 44.0
    private static let top = 64.0

    private static let rows: [(title: String, colour: String, value: @Sendable (TurnRecord) -> Double?)] = [
        ("stopped → audio", "#8a6d3b", { $0.stoppedToAudio }), ("voice to voice", "#2f6f8f", { $0.voiceToVoice }),
    ]

    /// An SVG of all turns that count, by run.
    public static func svg(_ result: BenchResult) -> String {
        let times = result.runs.flatMap { run in rows.flatMap { run.counted.compactMap($0.value) } }
        let step = step(upTo: times.max() ?? 1000)
        let most = max(step, ((times.max() ?? 1000) / step).rounded(.up) * step)
        func x(_ time: Double) -> Double { left + max(0, time) / most * width }
        let height = top + Double(result.runs.count * rows.count) * band + 40
        var parts = [
            text(16, 24, "Voice Realtime API: milliseconds of each turn", size: 16, weight: "600"),
            text(16, 42, "\(result.machine) · \(result.date)", size: 11, colour: "#777"),
        ]
        for tick in stride(from: 0, through: most, by: step) {
            parts.append(
                "<line x1='\(one(x(tick)))' x2='\(one(x(tick)))' y1='\(top - 8)' y2='\(one(height - 30))' stroke='#e4e4e4'/>"
            )
            parts.append(text(x(tick), height - 14, Report.number(tick), size: 11, colour: "#777", anchor: "middle"))
        }
        var y = top
        for run in result.runs {
            for row in rows {
                let values = Distribution(run.counted.compactMap(row.value))
                let who = "\(run.target), \(run.sessions) at once"
                parts.append(text(16, y + 18, row.title, size: 12))
                parts.append(text(16, y + 32, who, size: 10, colour: "#777"))
                for (index, value) in values.values.enumerated() {
                    let jitter = Double(index * 7 % 11) * 2
                    parts.append(
                        "<circle cx='\(one(x(value)))' cy='\(one(y + 8 + jitter))' r='3' fill='\(row.colour)' fill-opacity='.45'/>"
                    )
                }
                for (share, stroke) in [(0.5, 3.0), (0.95, 1.5)] {
                    guard let value = values[share] else { continue }
                    parts.append(
                        "<line x1='\(one(x(value)))' x2='\(one(x(value)))' y1='\(one(y + 2))' y2='\(one(y + 34))' stroke='#222' stroke-width='\(stroke)'/>"
                    )
                    parts.append(
                        text(x(value) + 4, y + 10, "p\(Int(share * 100)) \(Report.number(value))", size: 10))
                }
                y += band
            }
        }
        return "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 \(left + width + 60) \(one(height))'"
            + " font-family='system-ui, sans-serif'><rect width='100%' height='100%' fill='#fff'/>"
            + parts.joined(separator: "\n") + "</svg>\n"
    }

    /// The distance of lines that leaves some six of them.
    private static func step(upTo most: Double) -> Double {
        [50, 100, 200, 250, 500, 1000, 2000, 5000].first { most / $0 <= 8 } ?? 10_000
    }

    private static func one(_ value: Double) -> String { String(format: "%.1f", value) }

    private static func text(
        _ x: Double, _ y: Double, _ text: String, size: Int, weight: String = "400", colour: String = "#222",
        anchor: String = "start"
    ) -> String {
        let safe = text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        return "<text x='\(one(x))' y='\(one(y))' font-size='\(size)' font-weight='\(weight)' fill='\(colour)'"
            + " text-anchor='\(anchor)'>\(safe)</text>"
    }
}
