#if LOCAL_ENGINES
import Foundation
import SpeechEngines
import Testing

@testable import LocalEngines

extension EngineTests {
    @Suite("End of turn") struct EndOfTurn {
        private func detector() async throws -> any EndOfTurnDetector {
            try #require(
                try await Engines.small.value.endOfTurnDetector, "Smart Turn is missing: run make setup, then make test"
            )
        }

        @Test("says what Smart Turn's own inference says")
        func reference() async throws {
            let detector = try await detector()
            for (file, expected) in SmartTurnReference.probabilities {
                let found = try await detector.probability(try Recording(file: file, words: "").samples())
                #expect(abs(found - expected) < 0.01, "\(file): \(found), not \(expected)")
            }
        }

        /// Where somebody stopped speaking: a name, when that was (seconds), and what was heard until then.
        private struct Pause {
            var name: String
            var time = 0.0
            var samples: [Float]
        }

        /// The pauses of a recording: 200 ms and more without a voice. Each is heard for 96 ms, three windows.
        private func pauses(_ recording: Recording) async throws -> [Pause] {
            let detector = try await Engines.small.value.voiceActivityDetector
            let window = detector.windowSize
            var samples = try recording.samples()
            samples += [Float](repeating: 0, count: window * 10 - samples.count % window)
            var state = VoiceActivityState()
            let voice = try await detector.probabilities(of: samples, continuing: &state).map { $0 > 0.5 }
            return voice.indices.dropFirst().dropLast(6).compactMap { index in
                guard voice[index - 1], !voice[index...index + 6].contains(true) else { return nil }
                let time = Double(index * window) / 16000
                return Pause(
                    name: String(format: "%@ at %.1f s", "\(recording)", time), time: time,
                    samples: Array(samples[..<((index + 3) * window)]))
            }
        }

        /// The probabilities at `pauses`, printed; and their mean.
        private func probabilities(_ what: String, _ pauses: [Pause]) async throws -> (all: [Float], mean: Float) {
            let detector = try await detector()
            var found: [Float] = []
            for pause in pauses {
                found.append(try await detector.probability(pause.samples))
                print(String(format: "  %.2f %@ %@", found.last ?? 0, what, pause.name))
            }
            let mean = found.reduce(0, +) / Float(max(1, found.count))
            let over = found.count { $0 > 0.5 }
            print(String(format: "End of turn, %@: %d of %d above 0.5, mean %.2f", what, over, found.count, mean))
            return (found, mean)
        }

        @Test("hears the end of a sentence from a pause within one, and from a sentence cut short")
        func finishedOrNot() async throws {
            // By the books: Worstward Ho has a full stop at every pause. A Tale of Two Cities begins with one long
            // sentence, of which the last word ends at 41.6 s. Of Sense and Sensibility two recordings end before
            // "unless …" and "for he was very young …".
            let cities = try await pauses(.twoCities)
            let read = try Recording.pocketsphinx()
            let goesOn = read.filter { $0.file.hasSuffix("0880.wav") || $0.file.hasSuffix("0930.wav") }
            var ends = try await pauses(.beckett) + cities.filter { $0.time > 41 }.prefix(1)
            for recording in read where !goesOn.contains(where: { $0.file == recording.file }) {
                ends += try await pauses(recording).suffix(1)
            }
            var within = cities.filter { $0.time < 41 }
            for recording in goesOn { within += try await pauses(recording).suffix(1) }
            // Cut short wherever it happens to be, most often within a word.
            var cut: [Pause] = []
            for recording in read where recording.file.contains("librivox") {
                let samples = try recording.samples()
                for tenths in 2...8 {
                    let heard = samples[..<(samples.count * tenths / 10)]
                    cut.append(
                        .init(name: "\(recording), \(tenths)0 %", samples: heard + [Float](repeating: 0, count: 1536)))
                }
            }

            let finished = try await probabilities("finished", ends)
            let unfinished = try await probabilities("pause within a sentence", within)
            let broken = try await probabilities("cut short", cut)
            #expect(finished.all.count > 10 && unfinished.all.count > 10)
            #expect(finished.mean > unfinished.mean + 0.3)
            #expect(finished.mean > broken.mean + 0.3)
            #expect(finished.all.count { $0 > 0.5 } * 3 > finished.all.count * 2)
            #expect(unfinished.all.count { $0 < 0.5 } * 3 > unfinished.all.count * 2)
            #expect(broken.all.count { $0 < 0.5 } * 2 > broken.all.count)
        }

        @Test("takes no sound, little and much, and says what a call takes")
        func lengths() async throws {
            let detector = try await detector()
            let samples = try Recording.twoCities.samples()
            for count in [0, 1, 300, 128_000, samples.count] {
                let probability = try await detector.probability(Array(samples.prefix(count)))
                #expect((0...1).contains(probability))
            }
            #expect(
                try await detector.probability(samples) == detector.probability(Array(samples.suffix(128_000))))

            let began = processorTime()
            for _ in 0..<10 { _ = try await detector.probability(samples) }
            let each = (processorTime() - began) / 10
            let spectrogram = LogMelSpectrogram()
            let features = UnsafeMutableBufferPointer<Float>.allocate(
                capacity: LogMelSpectrogram.bands * LogMelSpectrogram.frames)
            defer { features.deallocate() }
            let beganFeatures = processorTime()
            for _ in 0..<10 { spectrogram.compute(samples, into: features) }
            let eachFeatures = (processorTime() - beganFeatures) / 10
            print(
                String(
                    format: "End of turn: %.1f ms of processor a call, %.1f of them for the spectrogram", each,
                    eachFeatures))
        }

        @Test("refuses a file that is another network, or none")
        func otherFiles() async throws {
            let store = ModelStore()
            for path in [store.path(ModelStore.voiceDetector), store.path(ModelStore.dictionaries.gold), "/nowhere"] {
                await #expect { _ = try await SmartTurnDetector(path: path) } throws: {
                    ($0 as? EngineError)?.code == .modelRefused
                }
            }
        }
    }
}
#endif
