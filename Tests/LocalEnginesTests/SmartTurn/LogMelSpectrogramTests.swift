import Foundation
import RealtimeTesting
import Testing

@testable import LocalEngines

@Suite("What Whisper's networks hear") struct LogMelSpectrogramTests {
    @Test("A transform has what its definition says, in every lane")
    func transform() {
        let transform = FourierTransform()
        let count = FourierTransform.count
        var source = SplitMix64(seed: 1)
        var signals: [[(re: Double, im: Double)]] = []
        for lane in 0..<4 {
            let signal = (0..<count).map { _ in
                (re: Double.random(in: -1...1, using: &source), im: Double.random(in: -1...1, using: &source))
            }
            for (index, value) in signal.enumerated() {
                transform.values[index].re[lane] = Float(value.re)
                transform.values[index].im[lane] = Float(value.im)
            }
            signals.append(signal)
        }
        transform.run()
        for lane in 0..<4 {
            for pitch in 0..<count {
                var expected = (re: 0.0, im: 0.0)
                for (index, value) in signals[lane].enumerated() {
                    let angle = -2 * Double.pi * Double(pitch * index % count) / Double(count)
                    expected.re += value.re * cos(angle) - value.im * sin(angle)
                    expected.im += value.re * sin(angle) + value.im * cos(angle)
                }
                #expect(abs(Double(transform.values[pitch].re[lane]) - expected.re) < 1e-4)
                #expect(abs(Double(transform.values[pitch].im[lane]) - expected.im) < 1e-4)
            }
        }
    }

    @Test("Silence is even")
    func silence() {
        let result = compute([])
        #expect(result.allSatisfy { $0 == -1.5 })
    }

    #if LOCAL_ENGINES
    @Test("A recording has the numbers of the reference", arguments: SmartTurnReference.spectrograms.indices)
    func reference(index: Int) throws {
        let (file, values) = SmartTurnReference.spectrograms[index]
        let expected = values.split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
        #expect(expected.count == SmartTurnReference.frames.count * LogMelSpectrogram.bands)
        let result = compute(try Recording(file: file, words: "").samples())
        var largest: Float = 0
        for (row, frame) in SmartTurnReference.frames.enumerated() {
            for band in 0..<LogMelSpectrogram.bands {
                let difference = abs(
                    result[band * LogMelSpectrogram.frames + frame] - expected[row * LogMelSpectrogram.bands + band])
                largest = max(largest, difference)
            }
        }
        print("Spectrogram of \(file): differs by \(largest) at most")
        #expect(largest < 1e-3)
    }
    #endif

    private func compute(_ samples: [Float]) -> [Float] {
        [Float](unsafeUninitializedCapacity: LogMelSpectrogram.bands * LogMelSpectrogram.frames) { buffer, count in
            buffer.initialize(repeating: 0)
            LogMelSpectrogram().compute(samples, into: buffer)
            count = buffer.count
        }
    }
}
