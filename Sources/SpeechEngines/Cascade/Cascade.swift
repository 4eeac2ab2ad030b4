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
    /// Tells the end of a turn from a pause, if there is such an engine.
    public var endOfTurn: (any EndOfTurnDetector)?
    /// Takes noise out of what is heard, if there is such an engine.
    public var noiseReducer: (any NoiseReducer)?

    /// Who goes first where several sessions want an answer.
    public let rightOfWay = RightOfWay()

    /// A cascade of these engines.
    public init(
        detector: any VoiceActivityDetector, recognizer: any SpeechRecognizer, languageModel: any LanguageModel,
        synthesizer: any SpeechSynthesizer, endOfTurn: (any EndOfTurnDetector)? = nil,
        noiseReducer: (any NoiseReducer)? = nil
    ) {
        self.detector = detector
        self.recognizer = recognizer
        self.languageModel = languageModel
        self.synthesizer = synthesizer
        self.endOfTurn = endOfTurn
        self.noiseReducer = noiseReducer
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
        /// A step of a function call. Calls follow all that is said.
        case call(FunctionCallStep)
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
                case .call(let step): try await report(.call(step))
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
