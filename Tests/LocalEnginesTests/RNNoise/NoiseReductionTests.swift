#if LOCAL_ENGINES
import AudioDSP
import Foundation
import LocalEngines
import RealtimeTesting
import SpeechEngines
import Testing

extension EngineTests {
    @Suite("Noise reduction") struct NoiseReduction {
        private let reducer: RNNoiseReducer

        init() throws { reducer = try RNNoiseReducer() }

        private func beckett(seconds: Int, rate: Int) throws -> [Float] {
            try Resampler.convert(Array(Recording.beckett.samples().prefix(16_000 * seconds)), from: 16_000, to: rate)
        }

        /// White noise with a deviation of 1, the same every time.
        private func noise(_ count: Int) -> [Float] {
            var source = SplitMix64(seed: 7)
            return (0..<count).map { _ in
                (0..<12).reduce(-6) { sum, _ in sum + Float.random(in: 0..<1, using: &source) }
            }
        }

        private func power(_ samples: some Sequence<Float>) -> Float {
            let (sum, count) = samples.reduce((Float(0), Float(0))) { ($0.0 + $1 * $1, $0.1 + 1) }
            return sum / max(1, count) + 1e-12
        }

        /// `speech` with noise, `ratio` dB below it.
        private func noisy(_ speech: [Float], ratio: Float) -> [Float] {
            let level = (power(speech) / pow(10, ratio / 10)).squareRoot()
            return zip(speech, noise(speech.count)).map { $0 + level * $1 }
        }

        /// What comes out for `samples`, brought back to their time.
        private func reduce(_ samples: [Float], for microphone: Microphone, rate: Int) throws -> [Float] {
            let stream = try reducer.makeStream(for: microphone, sampleRate: rate)
            let late = stream.process(samples + [Float](repeating: 0, count: stream.delay))
            return Array(late.dropFirst(stream.delay))
        }

        @Test("keeps the clock, however a stream is cut", arguments: [8000, 12_000, 16_000, 24_000, 48_000])
        func clock(rate: Int) throws {
            let samples = try beckett(seconds: 3, rate: rate)
            let whole = try reducer.makeStream(for: .near, sampleRate: rate).process(samples)
            #expect(whole.count == samples.count)
            for most in [1, 7, rate / 50, rate] {
                var source = SplitMix64(seed: UInt64(most))
                let stream = try reducer.makeStream(for: .near, sampleRate: rate)
                #expect(stream.process([]) == [])
                var pieces: [Float] = []
                while pieces.count < samples.count {
                    let count = min(samples.count - pieces.count, Int.random(in: 1...most, using: &source))
                    let piece = stream.process(Array(samples[pieces.count..<pieces.count + count]))
                    try #require(piece.count == count)
                    pieces += piece
                }
                #expect(pieces == whole)
            }
        }

        @Test("is late by as much as it says", arguments: [8000, 24_000, 48_000], Microphone.allCases)
        func delay(rate: Int, microphone: Microphone) throws {
            let samples = try beckett(seconds: 4, rate: rate)
            let stream = try reducer.makeStream(for: microphone, sampleRate: rate)
            let late = stream.process(samples)
            #expect(late.prefix(stream.delay / 4).allSatisfy { $0 == 0 })
            // The shift at which what comes out is most like what went in.
            let likeness = (stream.delay - 40...stream.delay + 40).map { shift in
                zip(samples, late.dropFirst(shift)).reduce(0) { $0 + Double($1.0) * Double($1.1) }
            }
            let best = try #require(likeness.indices.max { likeness[$0] < likeness[$1] }) + stream.delay - 40
            print("Noise reduction at \(rate) Hz: \(stream.delay) samples late, measured \(best)")
            #expect(abs(best - stream.delay) <= 1)
        }

        @Test("takes noise out and leaves speech in", arguments: Microphone.allCases)
        func noiseFloor(microphone: Microphone) throws {
            let rate = 24_000
            let speech = try beckett(seconds: 10, rate: rate)
            let noisy = noisy(speech, ratio: 10)
            let cleaned = try reduce(noisy, for: microphone, rate: rate)
            let whole = power(speech)
            var floor: (before: [Float], after: [Float]) = ([], [])
            var ratios: (before: [Float], after: [Float]) = ([], [])
            // From the second second on: the network needs some time to know the noise.
            for start in stride(from: rate, to: speech.count - 480, by: 480) {
                let range = start..<start + 480
                let level = power(speech[range])
                if level < whole / 1000 {
                    floor.before += noisy[range]
                    floor.after += cleaned[range]
                } else if level > whole / 100 {
                    let ratio = { (heard: [Float]) in
                        min(35, max(-10, 10 * log10(level / power(zip(heard[range], speech[range]).map { $0 - $1 }))))
                    }
                    ratios.before.append(ratio(noisy))
                    ratios.after.append(ratio(cleaned))
                }
            }
            let drop = 10 * log10(power(floor.before) / power(floor.after))
            let before = ratios.before.reduce(0, +) / Float(ratios.before.count)
            let after = ratios.after.reduce(0, +) / Float(ratios.after.count)
            print(
                String(
                    format: "Noise reduction, %@: floor −%.1f dB, segmental SNR %.1f → %.1f dB", microphone.rawValue,
                    drop, before, after))
            #expect(floor.before.count > rate / 2 && ratios.before.count > 50)
            #expect(drop > (microphone == .near ? 10 : 17))
            #expect(after > before)
            // Without noise, what was said comes out about as loud as it went in.
            let quiet = 10 * log10(power(try reduce(speech, for: microphone, rate: rate)) / whole)
            #expect(abs(quiet) < 1.5, "\(quiet) dB")
        }

        @Test("leaves what a recognizer needs", arguments: [Float(5), 10])
        func wordErrorRate(ratio: Float) async throws {
            let recognizer = try await Engines.standardRecognizer.value
            var errors: [String: WordErrors] = [:]
            for recording in try Recording.pocketsphinx() + [Recording.beckett] {
                let noisy = noisy(try recording.samples(), ratio: ratio)
                let heard = [
                    "noisy": noisy, "near": try reduce(noisy, for: .near, rate: 16000),
                    "far": try reduce(noisy, for: .far, rate: 16000),
                ]
                for (name, samples) in heard {
                    errors[name, default: .init()].count(
                        try await recognizer.transcribe(samples, by: .now), against: recording.words)
                }
            }
            let count = { errors[$0, default: .init()].errors }
            print(
                "ASR at \(ratio) dB: \(count("noisy")) errors with noise, \(count("near")) after near, \(count("far"))"
                    + " after far, in \(errors["noisy", default: .init()].words) words")
            // A few words more or less are chance.
            #expect(count("near") <= count("noisy") + 3)
            #expect(count("far") <= count("noisy") + 3)
        }

        @Test("says what a second of audio takes", arguments: [8000, 24_000])
        func speed(rate: Int) throws {
            let stream = try reducer.makeStream(for: .near, sampleRate: rate)
            let chunk = noise(rate / 50).map { $0 / 20 }
            let began = processorTime()
            for _ in 0..<250 { _ = stream.process(chunk) }
            let each = (processorTime() - began) / 5
            print(String(format: "Noise reduction at %d Hz: %.0f ms of processor a second", rate, each))
        }

        @Test("says what it cannot do")
        func refusals() throws {
            for rate in [0, -8000, 4000, 22_050, 44_100, 96_000] {
                #expect { try reducer.makeStream(for: .near, sampleRate: rate) } throws: {
                    ($0 as? EngineError)?.code == .unsupported
                }
            }
            #expect { try RNNoiseReducer(library: "/nowhere/librnnoise.so") } throws: {
                ($0 as? EngineError)?.code == .modelMissing
            }
            #expect { try RNNoiseReducer(library: "libc.so.6") } throws: {
                ($0 as? EngineError)?.code == .modelRefused
            }
        }
    }
}
#endif
