import AudioDSP
public import SpeechEngines
import Synchronization

/// Engines for tests: they say what they are told to, take as long as they are told, and think nothing.
public struct ScriptedEngines: Sendable {
    /// What the recognizer understands, whatever it hears.
    public var understands = "What time is it?"
    /// What the language model answers, piece by piece.
    public var answer = ["It", " is", " noon", ",", " more", " or", " less", "."]
    /// What it calls then, if anything.
    public var call: (name: String, arguments: String)?
    /// Whether it says that its answer is whole.
    public var finishes = true
    /// The conversations that it was told to forget.
    public let forgotten = Forgotten()
    /// How long a piece takes.
    public var pace = Duration.zero
    /// How much longer the first one takes.
    public var delay = Duration.zero
    /// Whether the voice takes as long to make its sound as the sound is, in pieces of 20 ms.
    public var speaksInRealTime = false
    /// What fails instead of an answer.
    public var failure: EngineError?
    /// How likely each pause in turn is the end of a turn (0…1); the last holds for all that follow. Empty for no such
    /// engine.
    public var pausesAreEnds: [Float] = []
    /// Whether there is noise reduction: silence for what is quieter than 0.05, 240 samples late.
    public var reducesNoise = false

    /// A list that grows.
    public final class Forgotten: Sendable {
        private let keys = Mutex<[ConversationKey]>([])
        /// What is on it.
        public var all: [ConversationKey] { keys.withLock { $0 } }
        func append(_ key: ConversationKey) { keys.withLock { $0.append(key) } }
    }

    /// Engines with a short answer.
    public init() {}

    /// The language model alone, for a cascade whose other engines are real.
    public var languageModel: any LanguageModel { ScriptedLanguageModel(script: self) }

    /// The engines as a cascade.
    public var cascade: Cascade {
        Cascade(
            detector: ScriptedDetector(), recognizer: ScriptedRecognizer(text: understands),
            languageModel: languageModel, synthesizer: ScriptedSynthesizer(isInRealTime: speaksInRealTime),
            endOfTurn: pausesAreEnds.isEmpty ? nil : ScriptedEndOfTurnDetector(pausesAreEnds),
            noiseReducer: reducesNoise ? ScriptedNoiseReducer() : nil)
    }
}

/// Takes loudness for speech.
struct ScriptedDetector: VoiceActivityDetector {
    var windowSize: Int { 512 }
    func probabilities(of samples: [Float], continuing state: inout VoiceActivityState) -> [Float] {
        stride(from: 0, to: samples.count, by: windowSize).map { start in
            samples[start..<min(start + windowSize, samples.count)].contains { abs($0) > 0.05 } ? 0.95 : 0.01
        }
    }
}

/// Says what it is told to, whatever it hears.
final class ScriptedEndOfTurnDetector: EndOfTurnDetector {
    private let script: [Float]
    private let next = Mutex(0)

    init(_ script: [Float]) { self.script = script }

    func probability(_ samples: [Float]) -> Float {
        next.withLock { next in
            defer { next += 1 }
            return script[min(next, script.count - 1)]
        }
    }
}

/// Takes what is quiet for noise.
struct ScriptedNoiseReducer: NoiseReducer {
    func makeStream(for microphone: Microphone, sampleRate: Int) -> any NoiseReductionStream { Stream() }

    private final class Stream: NoiseReductionStream {
        let delay = 240
        private var waiting = [Float](repeating: 0, count: 240)

        func process(_ samples: [Float]) -> [Float] {
            waiting += samples.map { abs($0) < 0.05 ? 0 : $0 }
            defer { waiting.removeFirst(samples.count) }
            return Array(waiting.prefix(samples.count))
        }
    }
}

struct ScriptedRecognizer: SpeechRecognizer {
    let text: String
    var languages: [String] { ["en"] }
    var longestUtterance: Double { 20 }
    func transcribe(_ samples: [Float], by deadline: Deadline) -> String { text }
}

struct ScriptedLanguageModel: LanguageModel {
    let script: ScriptedEngines
    var contextLength: Int { 4096 }

    func generate(
        _ prompt: Prompt, _ options: GenerationOptions
    ) -> AsyncThrowingStream<LanguageModelEvent, any Error> {
        var events = script.answer.prefix(options.maxTokens ?? .max).map { LanguageModelEvent.text($0) }
        let isCut = events.count < script.answer.count
        if let call = script.call {
            events += [.call(.began(name: call.name)), .call(.arguments(call.arguments)), .call(.ended)]
        }
        if script.finishes {
            events.append(.finished(.init(reachedLimit: isCut, promptTokens: 12, answerTokens: events.count)))
        }
        return script.stream(of: events)
    }

    func prefill(_ prompt: Prompt) {}
    func forget(_ conversation: ConversationKey) { script.forgotten.append(conversation) }
}

/// Hums: 50 ms for each letter.
struct ScriptedSynthesizer: SpeechSynthesizer {
    var isInRealTime = false
    var sampleRate: Int { 24_000 }
    var voices: [String] { ["hum"] }
    func synthesize(
        _ clause: String, voice: String, speed: Double, by deadline: Deadline
    ) -> AsyncThrowingStream<[Float], any Error> {
        let letters = clause.count(where: \.isLetter)
        guard isInRealTime else {
            return ScriptedEngines().stream(of: Array(repeating: Self.hum(samples: 1200), count: letters))
        }
        let (pieces, piece) = AsyncThrowingStream<[Float], any Error>.makeStream()
        let sound = Self.hum(samples: 480)
        let left = Mutex(letters * 1200 / 480)
        let membership = Self.metronome.join { _ in
            piece.yield(sound)
            let isOver = left.withLock { left in
                left -= 1
                return left <= 0
            }
            if isOver { piece.finish() }
        }
        piece.onTermination = { _ in Self.metronome.leave(membership) }
        return pieces
    }

    private static func hum(samples: Int) -> [Float] { (0..<samples).map { $0 % 100 < 50 ? 0.1 : -0.1 } }

    /// One for all voices, which beats from the first word on.
    private static let metronome: Metronome = {
        let metronome = Metronome()
        Task { try await metronome.run() }
        return metronome
    }()
}

extension ScriptedEngines {
    /// The elements at the script's pace, or its failure.
    fileprivate func stream<Element: Sendable>(of elements: [Element]) -> AsyncThrowingStream<Element, any Error> {
        let next = Mutex(0)
        return AsyncThrowingStream {
            if let failure { throw failure }
            let index = next.withLock { index in
                defer { index += 1 }
                return index
            }
            let wait = index == 0 ? delay + pace : pace
            if wait > .zero { try await Task.sleep(for: wait) }
            return index < elements.count ? elements[index] : nil
        }
    }
}
