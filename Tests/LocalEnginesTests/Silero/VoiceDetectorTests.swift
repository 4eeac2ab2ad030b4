#if LOCAL_ENGINES
import LocalEngines
import SpeechEngines
import Testing

extension EngineTests {
    @Suite("Voice detector") struct VoiceDetector {
        /// The probabilities of all whole windows.
        private func probabilities(_ samples: [Float]) async throws -> [Float] {
            let detector = try await Engines.small.value.voiceActivityDetector
            var state = VoiceActivityState()
            let whole = samples.count / detector.windowSize * detector.windowSize
            return try await detector.probabilities(of: Array(samples[..<whole]), continuing: &state)
        }

        @Test("hears people and not silence, hum or hiss")
        func speechAndSilence() async throws {
            let speech = try await probabilities(Recording.beckett.samples())
            #expect(speech.count(where: { $0 > 0.5 }) > speech.count / 4)
            #expect(speech.max() ?? 0 > 0.9)

            var noise = SystemRandomNumberGenerator()
            let quiet: [[Float]] = [
                Array(repeating: 0, count: 32000),
                (0..<32000).map { 0.05 * Float(($0 % 320) < 160 ? 1 : -1) },
                (0..<32000).map { _ in Float.random(in: -0.02...0.02, using: &noise) },
            ]
            for samples in quiet {
                let found = try await probabilities(samples)
                #expect(found.count(where: { $0 > 0.5 }) <= 2)
            }
        }

        @Test("gives the same answer for audio in pieces, from any number of listeners")
        func piecesAndListeners() async throws {
            let detector = try await Engines.small.value.voiceActivityDetector
            let samples = Array(try Recording.beckett.samples().prefix(detector.windowSize * 60))
            let whole = try await probabilities(samples)
            try await withThrowingTaskGroup { group in
                for _ in 0..<4 {
                    group.addTask {
                        var state = VoiceActivityState()
                        var pieces: [Float] = []
                        for start in stride(from: 0, to: samples.count, by: detector.windowSize * 3) {
                            let piece = Array(samples[start..<start + detector.windowSize * 3])
                            pieces += try await detector.probabilities(of: piece, continuing: &state)
                        }
                        return pieces
                    }
                }
                for try await pieces in group { #expect(pieces == whole) }
            }
        }

        @Test("hears one window a call, and says what that takes")
        func speed() async throws {
            let detector = try await Engines.small.value.voiceActivityDetector
            let window = Array(try Recording.beckett.samples().prefix(detector.windowSize))
            var state = VoiceActivityState()
            let began = ContinuousClock.now
            for _ in 0..<300 { #expect(try await detector.probabilities(of: window, continuing: &state).count == 1) }
            let each = (ContinuousClock.now - began).milliseconds / 300
            print("VAD: \(Int(each * 1000)) µs a window, one window a call")
        }

        @Test("refuses a part of a window")
        func partOfWindow() async throws {
            let detector = try await Engines.small.value.voiceActivityDetector
            var state = VoiceActivityState()
            await #expect(throws: EngineError.self) {
                _ = try await detector.probabilities(of: [0, 0, 0], continuing: &state)
            }
        }
    }
}
#endif
