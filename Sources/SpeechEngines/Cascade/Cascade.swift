/// Recognizer → language model → synthesizer: how engines for one thing each make a conversation.
public struct Cascade: Sendable {
    /// Hears that somebody speaks.
    public var detector: any VoiceActivityDetector
    /// Understands what is said.
    public var recognizer: any SpeechRecognizer
    /// Thinks of an answer.
    public var languageModel: any LanguageModel
    /// Says it.
    public var synthesizer: any SpeechSynthesizer

    /// A cascade of these engines.
    public init(
        detector: any VoiceActivityDetector, recognizer: any SpeechRecognizer, languageModel: any LanguageModel,
        synthesizer: any SpeechSynthesizer
    ) {
        self.detector = detector
        self.recognizer = recognizer
        self.languageModel = languageModel
        self.synthesizer = synthesizer
    }

    /// What an answer is made from.
    public struct Request: Equatable, Sendable {
        /// What the model is given.
        public var prompt: Prompt
        /// How the model answers.
        public var options: GenerationOptions
        /// How the answer is spoken; `nil` when it is written.
        public var speech: Speech?

        /// A request.
        public init(prompt: Prompt, options: GenerationOptions, speech: Speech?) {
            self.prompt = prompt
            self.options = options
            self.speech = speech
        }
    }

    /// How an answer is spoken.
    public struct Speech: Equatable, Sendable {
        /// The voice's name; an unknown one stands for the default.
        public var voice: String
        /// 0.25…1.5.
        public var speed: Double
        /// Samples per second wanted.
        public var sampleRate: Int

        /// A way to speak.
        public init(voice: String, speed: Double, sampleRate: Int) {
            self.voice = voice
            self.speed = speed
            self.sampleRate = sampleRate
        }
    }

    /// What a cascade reports while it answers.
    public enum Event: Equatable, Sendable {
        /// More of the answer's text. A spoken answer's comes word by word, each before its sound.
        case text(String)
        /// More of the answer's sound. The first piece of a clause tells which text it says.
        case sound(clause: String?, samples: [Int16])
        /// A whole function call; `arguments` is JSON text.
        case functionCall(name: String, arguments: String)
        /// The end.
        case finished(LanguageModelEvent.Completion)
    }

    /// Answers, and reports each piece as soon as it is there.
    ///
    /// - Parameter report: takes an event; while it waits, nothing more is made than what the engines have begun.
    /// - Throws: ``EngineError`` of whichever engine failed; `CancellationError`.
    public func answer(_ request: Request, report: @escaping @Sendable (Event) async throws -> Void) async throws {
        if let speech = request.speech {
            try await speak(request, speech, report)
        } else {
            var completion: LanguageModelEvent.Completion?
            for try await event in languageModel.generate(request.prompt, request.options) {
                switch event {
                case .text(let text): try await report(.text(text))
                case .functionCall(let name, let arguments):
                    try await report(.functionCall(name: name, arguments: arguments))
                case .finished(let end): completion = end
                }
            }
            try Task.checkCancellation()
            try await report(.finished(Self.whole(completion)))
        }
    }

    /// An answer without an end would leave its response open for ever.
    static func whole(_ completion: LanguageModelEvent.Completion?) throws -> LanguageModelEvent.Completion {
        guard let completion else {
            throw EngineError(.failed, "The language model stopped without saying that the answer is whole.")
        }
        return completion
    }
}
