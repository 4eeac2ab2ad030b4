import AudioDSP
import Foundation
import RealtimeTesting
import Testing

struct ResamplerTests {
    static let pairs = [
        (24_000, 16_000), (22_050, 24_000), (8_000, 16_000), (16_000, 24_000), (8_000, 24_000), (24_000, 8_000),
        (48_000, 16_000),
    ]

    func sine(_ frequency: Double, rate: Int, count: Int, amplitude: Double = 0.5) -> [Float] {
        (0..<count).map { Float(amplitude * sin(2 * .pi * frequency * Double($0) / Double(rate))) }
    }

    /// The level of what is neither the first nor the last 50 ms, in dB against a sine of amplitude 0.5.
    func gain(_ samples: [Float], rate: Int) -> Float {
        let reference = PCM16.level(sine(1_000, rate: 48_000, count: 48_000))
        return PCM16.level(samples.dropFirst(rate / 20).dropLast(rate / 20)) - reference
    }

    @Test(arguments: pairs)
    func thePassBandIsFlat(from: Int, to: Int) throws {
        let top = Double(min(from, to)) / 2 * 0.8
        for frequency in stride(from: 100, through: top, by: top / 13) {
            let output = try Resampler.convert(sine(frequency, rate: from, count: from / 2), from: from, to: to)
            #expect(abs(gain(output, rate: to)) < 0.5, "\(frequency) Hz")
        }
    }

    @Test(arguments: pairs.filter { $0.0 > $0.1 })
    func whatWouldAliasIsGone(from: Int, to: Int) throws {
        let (bottom, top) = (Double(to) / 2 * 1.02, Double(from) / 2 * 0.98)
        for frequency in stride(from: bottom, through: top, by: (top - bottom) / 9) {
            let output = try Resampler.convert(sine(frequency, rate: from, count: from / 2), from: from, to: to)
            #expect(gain(output, rate: to) < -50, "\(frequency) Hz")
        }
    }

    @Test(arguments: pairs.filter { $0.0 < $0.1 })
    func whatWouldMirrorIsGone(from: Int, to: Int) throws {
        // What is left after the input's own sine is taken out, by projection on it.
        let frequency = Double(from) / 2 * 0.7
        let output = try Resampler.convert(sine(frequency, rate: from, count: from), from: from, to: to)
        let middle = Array(output.dropFirst(to / 20).dropLast(to / 20))
        let angles = middle.indices.map { 2 * .pi * frequency * Double($0) / Double(to) }
        let a = zip(middle, angles).reduce(0) { $0 + Double($1.0) * cos($1.1) } * 2 / Double(middle.count)
        let b = zip(middle, angles).reduce(0) { $0 + Double($1.0) * sin($1.1) } * 2 / Double(middle.count)
        let rest = zip(middle, angles).map { Float(Double($0) - a * cos($1) - b * sin($1)) }
        #expect(PCM16.level(rest) - PCM16.level(middle) < -50)
    }

    @Test(arguments: pairs)
    func theDelayIsCompensated(from: Int, to: Int) throws {
        let output = try Resampler.convert(sine(300, rate: from, count: from / 2), from: from, to: to)
        let expected = sine(300, rate: to, count: to / 2)
        let error = zip(output, expected).dropFirst(to / 50).dropLast(to / 50).map { $0 - $1 }
        #expect(PCM16.level(error) < -50)
    }

    @Test(arguments: pairs)
    func theLengthIsExact(from: Int, to: Int) throws {
        for count in [0, 1, 2, 3, 7, 100, 441, 4_801, from] {
            let output = try Resampler.convert(sine(440, rate: from, count: count), from: from, to: to)
            #expect(abs(Double(output.count) - Double(count) * Double(to) / Double(from)) <= 1, "\(count)")
        }
    }

    @Test(arguments: pairs)
    func oddPiecesEqualOnePiece(from: Int, to: Int) throws {
        var generator = SplitMix64(seed: 20_261_122)
        let input = (0..<from).map { _ in Float.random(in: -1...1, using: &generator) }
        let resampler = try Resampler(from: from, to: to)
        for _ in 0..<2 {  // the second time after `finish`, with a new stream
            var output: [Float] = []
            var rest = input[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 0...997, using: &generator))
                output += resampler.process(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            output += resampler.finish()
            #expect(output == (try Resampler.convert(input, from: from, to: to)))
        }
    }

    @Test func resetForgets() throws {
        let resampler = try Resampler(from: 24_000, to: 16_000)
        _ = resampler.process([Float](repeating: 1, count: 1_000))
        resampler.reset()
        #expect((resampler.process([Float](repeating: 0, count: 1_000)) + resampler.finish()).allSatisfy { $0 == 0 })
    }

    @Test func equalRatesPassUnchanged() throws {
        let resampler = try Resampler(from: 16_000, to: 16_000)
        #expect(resampler.process([0.1, 0.2]) == [0.1, 0.2])
        #expect(resampler.finish().isEmpty)
    }

    @Test(arguments: [(0, 16_000), (16_000, 0), (-1, 16_000), (16_000, 1_000_000), (Int.max, Int.min)])
    func impossibleRatesAreRefused(from: Int, to: Int) {
        let error = #expect(throws: AudioError.self) { try Resampler(from: from, to: to) }
        #expect(error?.code == .unsupportedRate)
        #expect(error?.message.contains("\(from) Hz") == true)
    }
}
