#if LOCAL_ENGINES
import AudioDSP
@testable import LocalEngines
import SpeechEngines
import Testing

extension EngineTests {
    @Suite("Voices") struct VoiceTests {
        private static let sentences = [
            "What is the capital of France, and what is it famous for?",
            "The train leaves at half past seven from the north station.",
            "Please remember to buy bread, milk and a dozen eggs.",
            "She gave him three hundred and forty dollars for the old bicycle.",
            "It will be cloudy in the morning, with a little sunshine after lunch.",
        ]

        private func sound(of text: String, voice: String, speed: Double = 1) async throws -> [Float] {
            let synthesizer = try await Engines.small.value.synthesizer
            var samples: [Float] = []
            for try await piece in synthesizer.synthesize(text, voice: voice, speed: speed, by: .now) {
                samples += piece
            }
            return samples
        }

        @Test("are understood by the recognizer", arguments: [("joe", 0.15), ("slt", 0.15)])
        func readBack(voice: String, bound: Double) async throws {
            let recognizer = try await Engines.standardRecognizer.value
            var errors = WordErrors()
            var spent = Duration.zero
            var seconds = 0.0
            for sentence in Self.sentences {
                let began = ContinuousClock.now
                let samples = try await sound(of: sentence, voice: voice)
                spent += ContinuousClock.now - began
                seconds += Double(samples.count) / 24000
                let heard = try await recognizer.transcribe(
                    Resampler.convert(samples, from: 24000, to: 16000), by: .now)
                let before = errors.errors
                errors.count(heard, against: sentence)
                if errors.errors > before { print("\(voice): \(heard)") }
            }
            print(
                "TTS \(voice): read back with \(errors.errors) errors in \(errors.words) words;",
                "\(spent.milliseconds / Double(Self.sentences.count)) ms a sentence,",
                "real-time factor \(spent / .seconds(seconds))")
            #expect(errors.rate < bound)
        }

        @Test("stop in the middle of a clause when nobody wants it")
        func stopped() throws {
            let model = try PiperModel(PiperFiles(path: ModelStore().path(ModelStore.voice.model)))
            let phonemes = "həlˈoʊ ðɛɹ".unicodeScalars.map { Int32($0.value) }
            let stop = try OnnxStop()
            let plan = try model.plan(phonemes, speed: 1, until: stop)
            stop()
            #expect(throws: EngineError.self) { try model.sound(of: plan, 0..<plan.count, until: stop) }
            #expect(throws: EngineError.self) { try model.plan(phonemes, speed: 1, until: stop) }
            #expect(try !model.sound(of: plan, 0..<plan.count, until: OnnxStop()).isEmpty)
        }

        @Test("make the same sound of a clause in portions as of the whole")
        func portions() throws {
            let model = try PiperModel(PiperFiles(path: ModelStore().path(ModelStore.voice.model)))
            let plan = try model.plan("həlˈoʊ ðɛɹ, haʊ ɑɹ juː?".unicodeScalars.map { Int32($0.value) }, speed: 1)
            #expect(plan.count > 60)
            let whole = try model.sound(of: plan, 0..<plan.count)
            for size in [1, 24, 50] {
                let parts = try stride(from: 0, to: plan.count, by: size).flatMap {
                    try model.sound(of: plan, $0..<min($0 + size, plan.count))
                }
                #expect(parts.count == whole.count)
                #expect(zip(parts, whole).allSatisfy { abs($0 - $1) < 1e-4 })
            }
        }

        @Test("begin at once and leave a natural pause", arguments: ["joe", "slt"])
        func silence(voice: String) async throws {
            let samples = try await sound(of: "Good morning.", voice: voice)
            let first = try #require(samples.firstIndex { abs($0) > 0.01 })
            #expect(Double(first) / 24000 < 0.05)
            let last = try #require(samples.lastIndex { abs($0) > 0.01 })
            #expect(Double(samples.count - last) / 24000 < 0.35)
            #expect(samples.allSatisfy { abs($0) <= 1 })
        }

        @Test("speak slower and faster", arguments: ["joe", "slt"])
        func speed(voice: String) async throws {
            let text = "The quick brown fox jumps over the lazy dog."
            let slow = try await sound(of: text, voice: voice, speed: 0.5).count
            let fast = try await sound(of: text, voice: voice, speed: 1.5).count
            #expect(Double(slow) > 2 * Double(fast))
            // Nonsense is clamped, not obeyed.
            #expect(try await !sound(of: "Hello.", voice: voice, speed: .nan).isEmpty)
            #expect(try await !sound(of: "Hello.", voice: voice, speed: -3).isEmpty)
        }

        @Test(
            "say nothing where there is no word",
            arguments: ["", "   ", "🙂🙂", "…", "\u{0}", "-- !!", "\n\n"], ["joe", "slt"])
        func wordless(text: String, voice: String) async throws {
            #expect(try await sound(of: text, voice: voice).isEmpty)
        }

        @Test("survive what isn't English", arguments: ["joe", "slt"])
        func strange(voice: String) async throws {
            let texts = [
                "Привет, 你好, مرحبا.", "x" + String(repeating: "y", count: 400), "\u{202E}abc\u{0000}def", "<|im_end|>",
                "a\u{300}\u{301}\u{302}\u{303} b", "1e999999 %%%% \\ $$$",
            ]
            for text in texts { _ = try await sound(of: text, voice: voice) }
        }

        @Test("deliver a long text piece by piece, and stop when nobody listens")
        func longText() async throws {
            let synthesizer = try await Engines.small.value.synthesizer
            let text = String(repeating: "This goes on and on, word after word. ", count: 250)  // 2,000 words and more
            var pieces = 0
            for try await _ in synthesizer.synthesize(text, voice: "slt", speed: 1, by: .now) {
                pieces += 1
                if pieces == 3 { break }
            }
            #expect(pieces == 3)
        }

        @Test("An unknown voice is the first")
        func unknownVoice() async throws {
            let synthesizer = try await Engines.small.value.synthesizer
            #expect(synthesizer.voices == ["joe", "slt"])
            #expect(synthesizer.sampleRate == 24000)
            #expect(try await !sound(of: "Hello.", voice: "alloy").isEmpty)
        }
    }
}
#endif
