import AudioDSP
import RealtimeTesting
import Testing

struct AudioLogTests {
    /// The log as simply as it can be said: a sample for every tick.
    struct Model {
        var ticks: [(sample: Int16, rate: Int, first: Bool)] = []
        var start = 0

        mutating func append(_ samples: [Int16], rate: Int) {
            for sample in samples {
                for copy in 0..<24_000 / rate { ticks.append((sample, rate, copy == 0)) }
            }
        }

        func samples(in range: Range<Int>) -> (samples: [Int16], rate: Int)? {
            guard range.lowerBound >= start, range.upperBound <= ticks.count else { return nil }
            let slice = ticks[range]
            let rates = Set(slice.map(\.rate))
            guard let rate = rates.first, rates.count == 1 else { return (slice.map(\.sample), 24_000) }
            return (slice.filter(\.first).map(\.sample), rate)
        }
    }

    @Test("behaves as its model", arguments: 0..<20)
    func behavesAsTheModel(seed: Int) {
        var generator = SplitMix64(seed: UInt64(seed))
        var log = AudioLog()
        var model = Model()
        var rate = 24_000
        for _ in 0..<120 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: rate = rate == 24_000 ? 8_000 : 24_000
            case 1...5:
                let most = Int.random(in: 0..<8, using: &generator) == 0 ? 30_000 : 480
                let samples = (0..<Int.random(in: 0...most, using: &generator)).map { _ in
                    Int16.random(in: .min ... .max, using: &generator)
                }
                let from = model.ticks.count
                model.append(samples, rate: rate)
                #expect(log.append(samples[...], rate: rate) == from..<model.ticks.count, "seed \(seed)")
            case 6:
                let position = Int.random(in: -9...model.ticks.count + 9, using: &generator)
                // Seldom far: else nothing would be left to look at.
                let near = Int.random(in: 0..<4, using: &generator) == 0 ? position : min(position, model.start + 999)
                log.drop(before: near)
                model.start = max(model.start, min(near, model.ticks.count))
            default:
                let low = Int.random(in: max(0, model.start - 5)...model.ticks.count + 2, using: &generator)
                let range = low..<low + Int.random(in: 0...50_000, using: &generator)
                let (got, expected) = (log.samples(in: range), model.samples(in: range))
                #expect(got?.samples == expected?.samples && got?.rate == expected?.rate, "seed \(seed), \(range)")
            }
            #expect(log.end == model.ticks.count)
            #expect(log.start == model.start)
            #expect(log.keptTicks == model.ticks.count - model.start)
        }
    }

    @Test func aMillisecondIsTwentyFourTicksAtBothRates() {
        var log = AudioLog()
        #expect(log.append([Int16](repeating: 1, count: 24)[...], rate: 24_000) == 0..<24)
        #expect(log.append([Int16](repeating: 2, count: 8)[...], rate: 8_000) == 24..<48)
        #expect(log.samples(in: 24..<48)?.samples == [Int16](repeating: 2, count: 8))
        #expect(log.samples(in: 23..<27)?.samples == [1, 2, 2, 2])
        #expect(log.samples(in: 23..<27)?.rate == 24_000)
    }

    @Test func droppedAudioIsGone() {
        var log = AudioLog()
        log.append([1, 2, 3, 4], rate: 24_000)
        log.drop(before: 2)
        #expect(log.samples(in: 1..<3) == nil)
        #expect(log.samples(in: 2..<4)?.samples == [3, 4])
        #expect(log.samples(in: 4..<5) == nil)
        log.drop(before: 99)
        #expect(log.keptTicks == 0)
        #expect(log.end == 4)
        #expect(log.samples(in: 4..<4)?.samples == [])
    }

    @Test func tenMinutesInPiecesOfTwentyMilliseconds() {
        var log = AudioLog()
        let piece = [Int16](repeating: 7, count: 480)
        // A log that copied itself at each piece would take minutes.
        for _ in 0..<30_000 { log.append(piece[...], rate: 24_000) }
        #expect(log.keptTicks == 600 * AudioLog.ticksPerSecond)
    }
}
