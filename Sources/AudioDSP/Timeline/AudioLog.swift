/// The audio of a session on one clock, oldest dropped first.
///
/// Positions are ticks of 24 kHz. A sample of 24 kHz lasts one tick, a sample of 8 kHz three, so that every position
/// is exact whatever the format, and a millisecond is 24 ticks. Audio is kept in chunks of a second: appending costs
/// what the new samples cost, however much is kept.
public struct AudioLog: Sendable {
    /// A position on the clock, or a length of time: 1/24000 of a second.
    public typealias Tick = Int

    /// Ticks in a second.
    public static let ticksPerSecond = 24_000

    /// Where the audio ends that was appended so far: the clock's time.
    public private(set) var end: Tick = 0
    /// Where the audio begins that is still kept.
    public private(set) var start: Tick = 0

    private var chunks: [Chunk] = []

    /// A log without audio, at time 0.
    public init() {}

    /// How much audio is kept.
    public var keptTicks: Tick { end - start }

    /// Adds audio at the end.
    ///
    /// - Parameters:
    ///   - samples: the samples, one channel.
    ///   - rate: 24000 or 8000 samples a second.
    /// - Returns: the ticks that the audio covers.
    /// - Precondition: `rate` is one of these, or divides 24000 as they do.
    @discardableResult
    public mutating func append(_ samples: ArraySlice<Int16>, rate: Int) -> Range<Tick> {
        precondition(
            rate > 0 && AudioLog.ticksPerSecond % rate == 0, "A sample of \(rate) Hz is no whole number of ticks")
        let from = end
        let ticksPerSample = AudioLog.ticksPerSecond / rate
        var rest = samples
        while !rest.isEmpty {
            if chunks.last.map({ $0.ticksPerSample == ticksPerSample && $0.samples.count < rate }) != true {
                chunks.append(Chunk(start: end, ticksPerSample: ticksPerSample))
                chunks[chunks.count - 1].samples.reserveCapacity(rate)
            }
            let piece = rest.prefix(rate - chunks[chunks.count - 1].samples.count)
            chunks[chunks.count - 1].samples.append(contentsOf: piece)
            rest = rest.dropFirst(piece.count)
            end += piece.count * ticksPerSample
        }
        return from..<end
    }

    /// The audio of a range.
    ///
    /// In audio of 8 kHz a sample belongs to the range in which it begins, so that adjacent ranges neither share nor
    /// lose one. A range that mixes rates is given at 24 kHz, its 8 kHz samples repeated threefold.
    ///
    /// - Returns: the samples and their rate; `nil` if any of the range was dropped or has not come yet. An empty
    ///   range has no samples, at 24 kHz.
    public func samples(in range: Range<Tick>) -> (samples: [Int16], rate: Int)? {
        guard range.lowerBound >= start, range.upperBound <= end else { return nil }
        guard !range.isEmpty else { return ([], AudioLog.ticksPerSecond) }
        let first = firstChunk(endingAfter: range.lowerBound)
        let pieces = chunks[first...].prefix { $0.start < range.upperBound }
        guard let ticksPerSample = pieces.first?.ticksPerSample else { return nil }
        var samples: [Int16] = []
        if pieces.allSatisfy({ $0.ticksPerSample == ticksPerSample }) {
            samples.reserveCapacity(range.count / ticksPerSample + 1)
            for piece in pieces { samples += piece.samplesBeginning(in: range) }
            return (samples, AudioLog.ticksPerSecond / ticksPerSample)
        }
        samples.reserveCapacity(range.count)
        for piece in pieces { piece.appendTicks(of: range, to: &samples) }
        return (samples, AudioLog.ticksPerSecond)
    }

    /// Forgets the audio before a position. The clock is not changed, and what is forgotten does not come back.
    ///
    /// - Parameter position: clamped to what is kept.
    public mutating func drop(before position: Tick) {
        start = max(start, min(position, end))
        chunks.removeFirst(firstChunk(endingAfter: start))
    }

    private func firstChunk(endingAfter position: Tick) -> Int {
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            if chunks[middle].end > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension AudioLog {
    /// At most a second of audio of one rate.
    private struct Chunk {
        let start: Tick
        let ticksPerSample: Int
        var samples: [Int16] = []

        var end: Tick { start + samples.count * ticksPerSample }

        func samplesBeginning(in range: Range<Tick>) -> ArraySlice<Int16> {
            samples[index(from: range.lowerBound)..<index(from: range.upperBound)]
        }

        func appendTicks(of range: Range<Tick>, to output: inout [Int16]) {
            for tick in max(start, range.lowerBound)..<min(end, range.upperBound) {
                output.append(samples[(tick - start) / ticksPerSample])
            }
        }

        /// The first sample that begins at `position` or later.
        private func index(from position: Tick) -> Int {
            min(samples.count, max(0, (position - start + ticksPerSample - 1) / ticksPerSample))
        }
    }
}
