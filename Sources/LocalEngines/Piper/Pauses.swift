import Foundation

/// Gives a voice's output the silence around it that a listener wants: none before, a natural pause after.
enum Pauses {
    /// What is quieter than this, about −45 dBFS, is silence.
    private static let threshold: Float = 0.0056
    /// Loudness is judged over 5 ms.
    private static let frameSeconds = 0.005
    /// Kept before the first sound, so that soft onsets aren't cut.
    private static let leadIn = 0.01

    /// `samples` without their leading silence, for it is latency, and with at most the pause after `text` behind.
    static func trimmed(_ samples: [Float], rate: Int, after text: String, speed: Double) -> [Float] {
        let frame = max(1, Int(Double(rate) * frameSeconds))
        let starts = stride(from: 0, to: samples.count, by: frame)
        func isLoud(_ start: Int) -> Bool {
            samples[start..<min(start + frame, samples.count)].contains { abs($0) > threshold }
        }
        guard let first = starts.first(where: isLoud), let last = starts.reversed().first(where: isLoud) else {
            return []
        }
        let begin = max(0, first - Int(Double(rate) * leadIn))
        let pause = Int(Double(rate) * seconds(after: text) / speed)
        return Array(samples[begin..<min(samples.count, last + frame + pause)])
    }

    /// The pause that a speaker makes after `text`, in seconds.
    private static func seconds(after text: String) -> Double {
        switch text.last(where: { !$0.isWhitespace && !"\"'”’)]".contains($0) }) {
        case ".", "!", "?", "…": 0.25
        case ",", ";", ":", "—", "–": 0.12
        default: 0.05
        }
    }
}
