import AudioDSP

/// What a client plays at each moment, if it plays at once what it is sent and falls silent when somebody speaks.
struct Playback {
    /// A piece of what was said, and from when on it is played, in ticks of what was heard.
    private struct Piece {
        var start: Int
        var range: Range<Int>
        var end: Int { start + range.count }
    }

    private var pieces: [Piece] = []

    /// Sound is sent: it is played when what was sent before has been.
    mutating func play(_ range: Range<Int>, at now: Int) {
        pieces.append(Piece(start: max(now, pieces.last?.end ?? now), range: range))
    }

    /// Nothing is played from now on.
    mutating func stop(at now: Int) {
        pieces.removeAll { $0.start >= now }
        guard let last = pieces.last, last.end > now else { return }
        pieces[pieces.count - 1].range = last.range.prefix(now - last.start)
    }

    /// What is played while `range` is heard, at `rate`; silence where it is nothing or no longer kept.
    mutating func samples(during range: Range<Int>, from said: AudioLog, rate: Int) -> [Int16] {
        pieces.removeAll { $0.end <= range.lowerBound }
        let ticks = AudioLog.ticksPerSecond / rate
        var result = [Int16](repeating: 0, count: range.count / ticks)
        for piece in pieces.prefix(while: { $0.start < range.upperBound }) {
            let from = max(piece.start, range.lowerBound)
            let to = min(piece.end, range.upperBound)
            let offset = piece.range.lowerBound - piece.start
            guard let sound = said.samples(in: from + offset..<to + offset), sound.rate == rate else { continue }
            let place = (from - range.lowerBound) / ticks
            let count = min(sound.samples.count, result.count - place)
            result.replaceSubrange(place..<place + count, with: sound.samples.prefix(count))
        }
        return result
    }
}
