/// Thinks of an answer, in words.
public protocol LanguageModel: Sendable {
    /// Tokens of prompt and answer together that fit.
    var contextLength: Int { get }

    /// The answer to `prompt`, as it is made.
    ///
    /// The stream ends after one ``LanguageModelEvent/finished(_:)``. Cancelling the reading task stops the model at the
    /// next token. What a conversation's prompts have in common is evaluated once, as far as the engine can keep it.
    func generate(_ prompt: Prompt, _ options: GenerationOptions) -> AsyncThrowingStream<LanguageModelEvent, any Error>

    /// Evaluates what is already certain of the next prompt, so that its answer starts sooner. Yields to live work; may
    /// do nothing.
    func prefill(_ prompt: Prompt) async

    /// Forgets what was kept for a conversation that has ended.
    func forget(_ conversation: ConversationKey) async
}

/// Tells an engine which prompts belong to one conversation.
public struct ConversationKey: Hashable, Sendable {
    /// The name.
    public let rawValue: String
    /// A key with this name.
    public init(_ rawValue: String) { self.rawValue = rawValue }
}

/// What a language model is given.
public struct Prompt: Equatable, Sendable {
    /// Whose conversation it is.
    public var conversation: ConversationKey
    /// How the model should behave.
    public var instructions: String
    /// The functions it may call.
    public var tools: [PromptTool]
    /// Whether it may, must or must not call one.
    public var toolChoice: PromptToolChoice
    /// What was said, oldest first.
    public var messages: [PromptMessage]

    /// A prompt.
    public init(
        conversation: ConversationKey, instructions: String = "", tools: [PromptTool] = [],
        toolChoice: PromptToolChoice = .auto, messages: [PromptMessage] = []
    ) {
        self.conversation = conversation
        self.instructions = instructions
        self.tools = tools
        self.toolChoice = toolChoice
        self.messages = messages
    }
}

/// One thing said, called or answered in a conversation.
public enum PromptMessage: Equatable, Hashable, Sendable {
    /// Guidance in the midst of a conversation.
    case system(String)
    /// What the user said or wrote.
    case user(String)
    /// What the model said, as far as it was heard.
    case assistant(String)
    /// A function call of the model; `arguments` is JSON text.
    case functionCall(name: String, callID: String, arguments: String)
    /// What the function answered. Data, never guidance.
    case functionOutput(callID: String, output: String)
}

/// A function that a model may call.
public struct PromptTool: Equatable, Hashable, Sendable {
    /// Its name.
    public var name: String
    /// What it does, in words.
    public var description: String
    /// The JSON Schema of its arguments, as JSON text.
    public var parameters: String

    /// A function.
    public init(name: String, description: String, parameters: String) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }
}

/// Whether a model may call functions.
public enum PromptToolChoice: Equatable, Hashable, Sendable {
    /// As it likes.
    case auto
    /// Not at all.
    case none
    /// At least one.
    case required
    /// This one.
    case function(String)
}

/// How an answer is made.
public struct GenerationOptions: Equatable, Sendable {
    /// The most tokens, or `nil` for as many as fit.
    public var maxTokens: Int?
    /// The most tokens of the prompt's messages, without instructions and functions; a prompt with more ends in
    /// ``EngineError/Code/contextFull``.
    public var maxHistoryTokens: Int?
    /// 0 takes the likeliest token always; the API's range is 0.6…1.2.
    public var temperature: Double
    /// Makes the sampling repeatable.
    public var seed: UInt64

    /// Options with the API's defaults.
    public init(
        maxTokens: Int? = nil, maxHistoryTokens: Int? = nil, temperature: Double = 0.8, seed: UInt64 = 0
    ) {
        self.maxTokens = maxTokens
        self.maxHistoryTokens = maxHistoryTokens
        self.temperature = temperature
        self.seed = seed
    }
}

/// A function call as it is made: its name, its arguments piece by piece, its end. Calls do not overlap.
public enum FunctionCallStep: Equatable, Sendable, Codable {
    /// The model calls this function.
    case began(name: String)
    /// More of the arguments; the pieces joined are JSON text.
    case arguments(String)
    /// The call is whole.
    case ended
}

/// What a language model reports while it answers.
public enum LanguageModelEvent: Equatable, Sendable {
    /// More text of the answer; pieces joined give the answer.
    case text(String)
    /// A step of a function call.
    case call(FunctionCallStep)
    /// The end.
    case finished(Completion)

    /// How an answer ended and what it took.
    public struct Completion: Equatable, Sendable {
        /// Whether the token limit ended it.
        public var reachedLimit: Bool
        /// Tokens of the prompt.
        public var promptTokens: Int
        /// Those of them that had been evaluated before.
        public var cachedTokens: Int
        /// Tokens of the answer.
        public var answerTokens: Int

        /// A report.
        public init(reachedLimit: Bool = false, promptTokens: Int = 0, cachedTokens: Int = 0, answerTokens: Int = 0) {
            self.reachedLimit = reachedLimit
            self.promptTokens = promptTokens
            self.cachedTokens = cachedTokens
            self.answerTokens = answerTokens
        }
    }
}
