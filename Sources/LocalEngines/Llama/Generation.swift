#if LOCAL_ENGINES
import CLlama
import SpeechEngines

/// One prompt in the engine: an answer that is being made, or a prompt that is evaluated ahead of its answer.
final class Generation {
    /// Who waits for it.
    enum Purpose {
        case answer(AsyncThrowingStream<LanguageModelEvent, any Error>.Continuation, GenerationOptions)
        case preparation(CheckedContinuation<Void, Never>)
    }

    let id: UInt64
    let prompt: Prompt
    let purpose: Purpose

    /// The prompt's tokens and the answer's so far.
    var tokens: [llama_token] = []
    var promptCount = 0
    var cachedCount: Int?
    /// Its sequence in the cache, while it has one.
    var sequence: Int?
    var mostTokens = 0
    var sampler: TokenSampler?
    private var reader = AnswerReader(tools: [])
    private var bytes: [UInt8] = []
    private var hasSpoken = false
    /// Decides whether the answer calls a function, until that is decided.
    private var gate: CallGate?
    /// The model's log-odds for a call.
    private var callOdds: Float = 0
    /// Whether it was decided that the answer doesn't.
    private var isWordsOnly = false
    /// The calls since the user spoke, whose answers the prompt holds.
    private var answeredCalls: [AnswerReader.Output] = []
    private var hasEmitted = false
    /// Whether functions' results are told in words, and none may be called.
    private(set) var isPlain = false

    init(id: UInt64, prompt: Prompt, purpose: Purpose) {
        self.id = id
        self.prompt = prompt
        self.purpose = purpose
    }

    var isAnswer: Bool { if case .answer = purpose { true } else { false } }
    var answerCount: Int { tokens.count - promptCount }
    /// Tokens that have to be evaluated; of a preparation not the last, which gives the first word of the answer.
    var goal: Int { isAnswer ? tokens.count : tokens.count - 1 }

    /// Makes ready to evaluate `tokens` and to answer in at most `room` more.
    func prepare(_ weights: LlamaWeights, tokens: [llama_token], room: Int, isPlain: Bool) throws {
        self.tokens = tokens
        self.isPlain = isPlain
        promptCount = tokens.count
        guard case .answer(_, let options) = purpose else { return }
        mostTokens = min(room, max(1, options.maxTokens ?? room))
        (bytes, hasSpoken, isWordsOnly) = ([], false, false)
        let choice = isPlain ? .none : prompt.toolChoice
        let tools = choice == .none ? [] : prompt.tools
        reader = AnswerReader(tools: tools.map(\.name))
        gate = !tools.isEmpty && choice == .auto ? CallGate(prompt) : nil
        answeredCalls = isPlain ? [] : Self.answeredCalls(in: prompt.messages)
        // A model that sees calls imitates them, offered or not.
        let hasCalls = prompt.messages.contains { if case .functionCall = $0 { true } else { false } }
        let sampler = try TokenSampler(weights, options, forbidsCalls: choice == .none && hasCalls)
        self.sampler = sampler

        let forced: [PromptTool]
        switch choice {
        case .auto, .none: return
        case .required: forced = tools
        case .function(let name): forced = tools.filter { $0.name == name }
        }
        guard !forced.isEmpty else {
            throw EngineError(.unsupported, "The function that must be called is not among the tools.")
        }
        guard bind(to: forced, maximum: 1) else {
            throw EngineError(.failed, "llama.cpp refused the grammar of the functions.")
        }
        reader.tellsSteps = true
    }

    /// Makes the answer a call of one of `tools`.
    private func bind(to tools: [PromptTool], maximum: Int) -> Bool {
        [true, false].contains { follows in
            sampler?.bind(to: ToolGrammar.text(for: tools, maximum: maximum, followsSchemas: follows)) ?? false
        }
    }

    /// The turn, if it has to be read before `logits`, those of the answer's first token, can be acted on.
    func reading(_ logits: UnsafePointer<Float>, _ weights: LlamaWeights) -> TurnReading? {
        guard let gate else { return nil }
        let odds = CallGate.odds(
            UnsafeBufferPointer(start: logits, count: weights.count), callTokens: weights.callTokens)
        callOdds = odds
        return gate.needsReading(odds: odds) ? gate.reading : nil
    }

    /// Decides whether the answer is a call or words.
    ///
    /// - Returns: `false` when the answer has to be asked for without the functions.
    private func decide(_ gate: CallGate, request: Float?, _ weights: LlamaWeights) -> Bool {
        self.gate = nil
        switch gate.decide(odds: callOdds, request: request) {
        case .call:
            // The smallest models know that something is wanted sooner than what.
            let tools = weights.isTiny && !gate.relevant.isEmpty ? gate.relevant : prompt.tools
            // A call that may turn out to be a repeated one is told when it is known.
            reader.tellsSteps = bind(to: tools, maximum: 4) && answeredCalls.isEmpty
        case .words:
            isWordsOnly = true
            sampler?.forbidsCalls = true
        case .wordsWithoutFunctions: return false
        }
        return true
    }

    /// What becomes of an answer with a token.
    enum Step { case goesOn, startsAgain, hasEnded }

    /// Takes the next token from `logits`; of a turn that was read, `request` is what came of it.
    func advance(_ logits: UnsafePointer<Float>, request: Float? = nil, _ weights: LlamaWeights) -> Step {
        if let gate, !decide(gate, request: request, weights) { return .startsAgain }
        guard let sampler, let token = sampler.next(logits, hasSpoken: hasSpoken),
            !llama_vocab_is_eog(weights.vocabulary, token)
        else { return end(reachedLimit: false) }
        tokens.append(token)
        let piece = weights.bytes(of: token)
        hasSpoken = hasSpoken || piece.contains { $0 > 0x20 }
        bytes += piece
        var outputs = reader.take(takeCharacters())
        if isWordsOnly {
            // It has begun with words. A call after them is one that nobody asked for.
            if hasSpoken { sampler.forbidsCalls = false }
            if let call = outputs.firstIndex(where: \.isCall) {
                outputs.removeSubrange(call...)
                emit(outputs)
                return end(reachedLimit: false)
            }
        }
        if !hasEmitted, prompt.toolChoice == .auto, let first = outputs.first, answeredCalls.contains(first) {
            // Models may repeat a call whose answer they were just given, for ever.
            return .startsAgain
        }
        emit(outputs)
        if reader.wentAstray { return end(reachedLimit: false) }
        return answerCount < mostTokens ? .goesOn : end(reachedLimit: true)
    }

    private static func answeredCalls(in messages: [PromptMessage]) -> [AnswerReader.Output] {
        let latest = messages.reversed().prefix { if case .user = $0 { false } else { true } }
        guard case .functionOutput? = latest.first else { return [] }
        return latest.compactMap { message in
            guard case .functionCall(let name, _, let arguments) = message else { return nil }
            return .call(name: name, arguments: JSONText(arguments)?.text ?? arguments)
        }
    }

    /// Ends with an error, or because nobody waits any more.
    func fail(_ error: any Error) {
        switch purpose {
        case .answer(let continuation, _): continuation.finish(throwing: error)
        case .preparation(let continuation): continuation.resume()
        }
    }

    /// Ends a preparation.
    func finishPreparation() {
        if case .preparation(let continuation) = purpose { continuation.resume() }
    }

    private func end(reachedLimit: Bool) -> Step {
        guard case .answer(let continuation, _) = purpose else { return .hasEnded }
        // Bytes that are left belong to a character that was cut off: nobody should read or hear half of it.
        emit(reader.finish())
        let completion = LanguageModelEvent.Completion(
            reachedLimit: reachedLimit, promptTokens: promptCount, cachedTokens: cachedCount ?? 0,
            answerTokens: answerCount)
        continuation.yield(.finished(completion))
        continuation.finish()
        return .hasEnded
    }

    private func emit(_ outputs: [AnswerReader.Output]) {
        guard case .answer(let continuation, _) = purpose else { return }
        hasEmitted = hasEmitted || !outputs.isEmpty
        for output in outputs {
            switch output {
            case .text(let text): continuation.yield(.text(text))
            case .call(let name, let arguments):
                for step in [FunctionCallStep.began(name: name), .arguments(arguments), .ended] {
                    continuation.yield(.call(step))
                }
            case .step(let step): continuation.yield(.call(step))
            }
        }
    }

    /// The whole characters of what has come; the bytes of an unfinished one wait.
    private func takeCharacters() -> String {
        for missing in 0..<min(4, bytes.count + 1) {
            if let text = String(validating: bytes.dropLast(missing), as: UTF8.self) {
                bytes.removeFirst(bytes.count - missing)
                return text
            }
        }
        defer { bytes = [] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
#endif
