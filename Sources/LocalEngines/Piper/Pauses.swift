import Foundation

/// Gives a voice's output the silence around it that a listener wants: none before, a natural pause after. What may
/// still turn out to be the end is held back.
struct Pauses {
    /// What is quieter than this, about −45 dBFS, is silence.
    private static let threshold: Float = 0.0056
    /// Loudness is judged over 5 ms.
    private static let frameSeconds = 0.005
    /// Kept before the first sound, so that soft onsets aren't cut.
    private static let leadIn = 0.01

    private let frame: Int
    private let lead: Int
    private let pause: Int
    private var hasBegun = false
    /// Silence since the last sound, and samples short of a frame.
    private var held: [Float] = []
    private var judged = 0

    /// Pauses around `text`, said at `rate` samples a second.
    init(rate: Int, after text: String, speed: Double) {
        frame = max(1, Int(Double(rate) * Self.frameSeconds))
        lead = Int(Double(rate) * Self.leadIn)
        pause = Int(Double(rate) * Self.seconds(after: text) / speed)
    }

    /// What of the sound so far, with `samples` at its end, can be heard.
    mutating func take(_ samples: [Float]) -> [Float] {
        held += samples
        var loudUntil = 0
        var begin = 0
        while judged + frame <= held.count {
            if held[judged..<judged + frame].contains(where: { abs($0) > Self.threshold }) {
                if !hasBegun { begin = max(0, judged - lead) }
                hasBegun = true
                loudUntil = judged + frame
            }
            judged += frame
        }
        guard loudUntil > 0 else {
            if !hasBegun {
                // Silence before the first sound is latency.
                let dropped = max(0, judged - lead)
                held.removeFirst(dropped)
                judged -= dropped
            }
            return []
        }
        defer {
            held.removeFirst(loudUntil)
            judged -= loudUntil
        }
        return Array(held[begin..<loudUntil])
    }

    /// What is left: the pause.
    mutating func finish() -> [Float] {
        defer { held = [] }
        let rest = held.count > judged ? take([Float](repeating: 0, count: frame - (held.count - judged))) : []
        return hasBegun ? rest + held.prefix(pause) : []
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
