#if LOCAL_ENGINES
import LocalEngines
import SpeechEngines
import Testing

extension EngineTests {
    @Suite("Recognizer") struct Recognizer {
        @Test("understands recordings of people", arguments: [Preset.small, .standard])
        func wordErrorRate(preset: Preset) async throws {
            let recognizer: any SpeechRecognizer =
                preset == .small
                ? try await Engines.small.value.recognizer : try await Engines.standardRecognizer.value
            var errors = WordErrors()
            var seconds = 0.0
            let clock = ContinuousClock()
            var spent = Duration.zero
            for recording in try Recording.pocketsphinx() + [Recording.beckett] {
                let samples = try recording.samples()
                let began = clock.now
                let heard = try await recognizer.transcribe(samples, by: .now)
                spent += clock.now - began
                seconds += Double(samples.count) / 16000
                let before = errors.errors
                errors.count(heard, against: recording.words)
                if errors.errors > before { print("\(preset) \(recording): \(errors.errors - before) in: \(heard)") }
            }
            let factor = spent / .seconds(seconds)
            print("ASR \(preset): \(errors.errors) errors in \(errors.words) words, real-time factor \(factor)")
            #expect(errors.words > 80)
            #expect(errors.rate < 0.15)
        }

        @Test("transcribes what is longer than one piece")
        func longAudio() async throws {
            let recognizer = try await Engines.standardRecognizer.value
            let samples = try Recording.twoCities.samples()
            #expect(Double(samples.count) / 16000 > recognizer.longestUtterance)
            let heard = try await recognizer.transcribe(samples, by: .now)
            var errors = WordErrors()
            errors.count(heard, against: Recording.twoCities.words)
            print("ASR long: \(errors.errors) errors in \(errors.words) words: \(heard)")
            #expect(errors.rate < 0.2)
        }

        @Test("hears nothing in no sound, and in too little of it")
        func nothing() async throws {
            let recognizer = try await Engines.small.value.recognizer
            #expect(try await recognizer.transcribe([], by: .now) == "")
            #expect(try await recognizer.transcribe(Array(repeating: 0.1, count: 1500), by: .now) == "")
        }

        @Test("serves who waits before a partial hypothesis, and drops what is cancelled")
        func deadlines() async throws {
            let recognizer = try await Engines.standardRecognizer.value
            let samples = try Recording.beckett.samples()
            let partials = (0..<6).map { _ in Task { try await recognizer.transcribe(samples, by: .never) } }
            try await Task.sleep(for: .milliseconds(20))
            let began = ContinuousClock.now
            _ = try await recognizer.transcribe(Array(samples.prefix(16000)), by: .now)
            let final = ContinuousClock.now - began
            for partial in partials { partial.cancel() }
            var dropped = 0
            for partial in partials where (try? await partial.value) == nil { dropped += 1 }
            print("ASR final beside six partials: \(final.milliseconds) ms, \(dropped) of them dropped")
            #expect(dropped >= 3)
        }
    }
}
#endif
