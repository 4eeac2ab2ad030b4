import ArgumentParser
import AudioDSP
import Foundation
import LocalEngines
import RealtimeServer
import SpeechEngines

/// `vivavoce doctor`
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell what is installed, how fast it is here, and how many sessions to expect.",
        discussion: """
              vivavoce doctor
              vivavoce doctor --preset small

            Loads the models of the preset and uses each for a few seconds. Run it while nothing else does.
            """)

    @Option(help: "The preset to examine: small, standard or large.")
    var preset: ServerConfiguration.Preset = .standard

    func run() async throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        row("Machine", "\(cores) cores, \(ProcessInfo.processInfo.physicalMemory / 1_073_741_824) GB")
        for preset in Preset.allCases {
            let missing = ModelStore().missing(for: preset)
            row(
                "Preset \(preset.rawValue)",
                missing.isEmpty ? "complete" : "\(missing.count) files missing: make setup PRESET=\(preset.rawValue)")
        }
        var configuration = ServerConfiguration()
        configuration.preset = preset
        print("\nLoading \(preset.rawValue) …")
        let cascade = try await Engines.load(configuration) { print("  \($0)") }
        print()
        let report = try await Examination(cascade: cascade).run()
        row("Voice detector", "\(Self.number(report.detectorMicroseconds)) µs for a window of 32 ms")
        row(
            "Recognizer",
            "\(Self.number(report.recognizer * 1000)) ms for \(Self.number(report.seconds)) s of speech "
                + "(real-time factor \(Self.number(report.recognizer / report.seconds, 3)))")
        row(
            "Language model",
            "\(Self.number(report.tokensPerSecond)) tokens per second, the first after "
                + "\(Self.number(report.firstToken * 1000)) ms")
        row(
            "Voice",
            "\(Self.number(report.voice * 1000)) ms for \(Self.number(report.seconds)) s of speech "
                + "(real-time factor \(Self.number(report.voice / report.seconds, 3)))")
        row(
            "End of turn",
            report.endOfTurn.map { "\(Self.number($0 * 1000)) ms for a pause" } ?? "left out: make setup fetches it")
        row(
            "Noise reduction",
            report.noiseReduction.map { "\(Self.number($0 * 100)) % of a core for a session that wants it" }
                ?? "left out: make setup fetches it")
        row("Heard again", report.heard)
        print()
        let sessions = report.sessions(cores: cores)
        if report.tokensPerSecond < 8 {
            print(
                "The language model is too slow for speech here: take a smaller preset, or stop what else is running.")
        } else {
            print("Expect about \(sessions) session\(sessions == 1 ? "" : "s") that talk at the same time.")
        }
    }

    private func row(_ name: String, _ value: String) {
        print(name.padding(toLength: 18, withPad: " ", startingAt: 0) + value)
    }

    private static func number(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
}

/// Uses each engine once and notes how long it took.
struct Examination {
    let cascade: Cascade

    /// What was found; times in seconds unless they say otherwise.
    struct Report {
        var detectorMicroseconds = 0.0
        /// Length of the speech that was made and understood.
        var seconds = 0.0
        var recognizer = 0.0
        var voice = 0.0
        /// `nil` where there is no such engine.
        var endOfTurn: Double?
        /// Seconds for a second of audio; `nil` where there is no such engine.
        var noiseReduction: Double?
        var firstToken = 0.0
        var tokensPerSecond = 0.0
        var heard = ""

        /// A talking session takes four tokens a second, is listened to one and a half times, and speaks.
        func sessions(cores: Int) -> Int {
            let engines = detectorMicroseconds / 32_000 + 1.5 * recognizer / seconds + voice / seconds
            let thinking = 4 * Double(cores) / tokensPerSecond
            return max(1, Int(Double(cores) * 0.8 / (engines + thinking)))
        }
    }

    func run() async throws -> Report {
        var report = Report()
        let clock = ContinuousClock()
        var samples: [Float] = []
        report.voice =
            try await clock.measure {
                let pieces = cascade.synthesizer.synthesize(
                    "The quick brown fox jumps over the lazy dog.", voice: "", speed: 1, by: .now)
                for try await piece in pieces { samples += piece }
            } / .seconds(1)
        report.seconds = Double(samples.count) / Double(cascade.synthesizer.sampleRate)
        let heard = try Resampler.convert(samples, from: cascade.synthesizer.sampleRate, to: 16_000)
        report.recognizer =
            try await clock.measure {
                report.heard = try await cascade.recognizer.transcribe(heard, by: .now)
            } / .seconds(1)
        let windows = heard.count / cascade.detector.windowSize
        var state = VoiceActivityState()
        let listening = try await clock.measure {
            _ = try await cascade.detector.probabilities(
                of: Array(heard.prefix(windows * cascade.detector.windowSize)), continuing: &state)
        }
        report.detectorMicroseconds = listening / .microseconds(1) / Double(max(1, windows))
        if let endOfTurn = cascade.endOfTurn {
            report.endOfTurn = try await clock.measure { _ = try await endOfTurn.probability(heard) } / .seconds(1)
        }
        if let stream = try cascade.noiseReducer?.makeStream(for: .near, sampleRate: 24_000) {
            let second = [Float](repeating: 0.001, count: 24_000)
            report.noiseReduction = clock.measure { _ = stream.process(second) } / .seconds(1)
        }
        try await think(&report)
        return report
    }

    private func think(_ report: inout Report) async throws {
        let prompt = Prompt(
            conversation: ConversationKey("doctor"), instructions: "You are a helpful assistant.",
            messages: [.user("Tell me a long story about a fox and a dog.")])
        let start = ContinuousClock.now
        var first: ContinuousClock.Instant?
        for try await event in cascade.languageModel.generate(prompt, GenerationOptions(maxTokens: 80)) {
            switch event {
            case .text: first = first ?? .now
            case .finished(let completion):
                let first = first ?? .now
                report.firstToken = (first - start) / .seconds(1)
                report.tokensPerSecond = Double(completion.answerTokens - 1) / ((.now - first) / .seconds(1))
            case .call: break
            }
        }
        await cascade.languageModel.forget(prompt.conversation)
    }
}
