/// Cuts long audio where it is quietest, so that no word is torn.
enum UtteranceCut {
    /// Samples over which loudness is measured: 100 ms at 16 kHz.
    private static let frame = 1600
    private static let hop = 400

    /// Ranges of at most `longest` samples that cover `samples` in order.
    static func pieces(of samples: [Float], longest: Int) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = 0
        while samples.count - start > max(longest, 2 * frame) {
            let end = quietest(in: samples, from: start + longest / 2, to: start + longest)
            pieces.append(start..<end)
            start = end
        }
        pieces.append(start..<samples.count)
        return pieces
    }

    /// The middle of the quietest frame in `lower..<upper`.
    private static func quietest(in samples: [Float], from lower: Int, to upper: Int) -> Int {
        var best = (energy: Float.infinity, position: upper)
        for start in stride(from: lower, to: upper - frame, by: hop) {
            var energy: Float = 0
            for sample in samples[start..<start + frame] { energy += sample * sample }
            if energy < best.energy { best = (energy, start + frame / 2) }
        }
        return best.position
    }
}
