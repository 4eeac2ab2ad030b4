#if LOCAL_ENGINES
import CLlama
import SpeechEngines

/// Answers many prompts at once with one model; it lives on one thread.
///
/// Each step evaluates one batch: the next token of every answer, and a piece of a prompt that is new. So answers share
/// the cost of reading the weights, and a long prompt holds nobody up for longer than a piece takes.
final class LlamaEngine {
    /// Tokens in a batch at most.
    static let batchSize = 128
    /// Answers that may wait for a sequence.
    private static let mostWaiting = 256
    /// Tokens that an answer may count on; a prompt that leaves fewer is too long.
    static let leastRoom = 32

    let weights: LlamaWeights
    let contextLength: Int
    let context: OpaquePointer
    /// Tokens that all conversations together may hold.
    let cells: Int
    /// What tells requests from talk; `nil` for a model that can't go back to the beginning of a text.
    let scale: PhraseScale?
    private let template: ChatTemplate
    let cache: SequenceCache
    let threads: Int
    /// Below a billion parameters models repeat their call instead of telling what the function answered.
    private let isSmall: Bool
    let share: ComputeShare
    var batch: llama_batch
    var pace = PrefillPace()

    var waiting: [Generation] = []
    var running: [Generation] = []

    var isIdle: Bool { waiting.isEmpty && running.isEmpty }

    init(path: String, _ configuration: LlamaConfiguration, share: ComputeShare) throws {
        weights = try LlamaWeights(path: path)
        var parameters = llama_context_default_params()
        let cells = max(512, configuration.contextCells)
        let sequences = min(max(1, configuration.sequences), llama_max_parallel_sequences())
        let readsTurns = SequenceCache.sharesPrefixes(weights.model)
        parameters.n_ctx = UInt32(clamping: cells + (readsTurns ? PhraseScale.cells : 0))
        parameters.n_batch = UInt32(Self.batchSize)
        parameters.n_ubatch = UInt32(Self.batchSize)
        parameters.n_seq_max = UInt32(
            min(sequences + (readsTurns ? PhraseScale.sequences : 0), llama_max_parallel_sequences()))
        parameters.n_outputs_max = parameters.n_seq_max
        parameters.kv_unified = true
        parameters.no_perf = true
        guard let context = llama_init_from_model(weights.model, parameters) else {
            throw EngineError(.failed, "llama.cpp could not make a context: \(LlamaLog.takeWords())")
        }
        self.context = context
        self.share = share
        // Threads that wait in a busy loop nearly stop a busy machine; see ComputePolicy.
        threads = ComputePolicy.waitsPassively ? max(1, configuration.threads) : 1
        let trained = Int(llama_model_n_ctx_train(weights.model))
        self.cells = cells
        contextLength = min(configuration.conversationLimit, cells, trained > 0 ? trained : .max)
        isSmall = llama_model_n_params(weights.model) < 1_000_000_000
        template = ChatTemplate(weights.model)
        cache = SequenceCache(context: context, model: weights.model, count: sequences)
        scale = readsTurns ? PhraseScale(context, weights, first: sequences) : nil
        batch = llama_batch_init(Int32(Self.batchSize), 0, 1)
    }

    deinit {
        llama_batch_free(batch)
        llama_free(context)
    }

    // MARK: Commands

    /// Takes a prompt in.
    func start(_ generation: Generation) {
        guard waiting.count < Self.mostWaiting else {
            generation.fail(EngineError(.failed, "The language model is overloaded: \(waiting.count) prompts wait."))
            return
        }
        // An answer or a newer preparation takes over from an older preparation of the same conversation.
        for older in (running + waiting)
        where !older.isAnswer && older.prompt.conversation == generation.prompt.conversation { remove(older) }
        do {
            try prepare(generation, isPlain: isPlain(generation.prompt))
            waiting.append(generation)
        } catch {
            generation.fail(error)
        }
    }

    func prepare(_ generation: Generation, isPlain: Bool) throws {
        let tokens = tokens(of: generation.prompt, isPlain: isPlain)
        let room = contextLength - tokens.count
        guard room >= Self.leastRoom else {
            throw EngineError(
                .contextFull,
                "The conversation has \(tokens.count) tokens and leaves no room to answer: the language model holds "
                    + "\(contextLength).")
        }
        if case .answer(_, let options) = generation.purpose, let most = options.maxHistoryTokens {
            var bare = generation.prompt
            bare.messages = []
            let history = tokens.count - self.tokens(of: bare, isPlain: isPlain).count
            guard history <= most else {
                throw EngineError(.contextFull, "The conversation has \(history) tokens; at most \(most) are wanted.")
            }
        }
        try generation.prepare(weights, tokens: tokens, room: room, isPlain: isPlain)
    }

    /// Whether the model needs functions' results in words: a small one always, any when no function is offered.
    private func isPlain(_ prompt: Prompt) -> Bool {
        if prompt.toolChoice == .none || prompt.tools.isEmpty { return true }
        guard isSmall, prompt.toolChoice == .auto, case .functionOutput? = prompt.messages.last else { return false }
        return true
    }

    /// Stops a prompt that nobody waits for any more.
    func cancel(_ id: UInt64) {
        if let generation = (running + waiting).first(where: { $0.id == id }) { remove(generation) }
    }

    /// Forgets a conversation.
    func forget(_ conversation: ConversationKey) {
        for generation in running + waiting where generation.prompt.conversation == conversation && !generation.isAnswer
        {
            remove(generation)
        }
        cache.forget(conversation)
    }

    /// Ends everything.
    func close() {
        for generation in running + waiting {
            generation.fail(EngineError(.closed, "The language model is being closed."))
        }
        waiting = []
        running = []
    }

    /// A prompt as the model reads it.
    func tokens(of prompt: Prompt, isPlain: Bool = false) -> [llama_token] {
        weights.tokens(of: template.pieces(of: ChatScript(prompt, isPlain: isPlain)))
    }

    private func remove(_ generation: Generation) {
        generation.fail(CancellationError())
        leave(generation)
    }

    func leave(_ generation: Generation) {
        running.removeAll { $0 === generation }
        waiting.removeAll { $0 === generation }
        if let sequence = generation.sequence {
            cache.release(sequence)
            cache.forgetWords(sequence)
        }
        generation.sequence = nil
    }
}
#endif
