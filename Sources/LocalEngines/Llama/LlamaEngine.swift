#if LOCAL_ENGINES
import CLlama
import SpeechEngines

/// Answers many prompts at once with one model; it lives on one thread.
///
/// Each step evaluates one batch: the next token of every answer, and a piece of a prompt that is new. So answers share
/// the cost of reading the weights, and a long prompt holds nobody up for longer than a piece takes.
final class LlamaEngine {
    /// Tokens in a batch at most.
    private static let batchSize = 512
    /// Answers that may wait for a sequence.
    private static let mostWaiting = 256
    /// Tokens that an answer may count on; a prompt that leaves fewer is too long.
    private static let leastRoom = 32

    let weights: LlamaWeights
    let contextLength: Int
    private let context: OpaquePointer
    private let template: ChatTemplate
    private let cache: SequenceCache
    private let threads: Int
    /// Below a billion parameters models repeat their call instead of telling what the function answered.
    private let isSmall: Bool
    private let share: ComputeShare
    private var batch: llama_batch
    private var pace = PrefillPace()

    private var waiting: [Generation] = []
    private var running: [Generation] = []

    var isIdle: Bool { waiting.isEmpty && running.isEmpty }

    init(path: String, _ configuration: LlamaConfiguration, share: ComputeShare) throws {
        weights = try LlamaWeights(path: path)
        var parameters = llama_context_default_params()
        parameters.n_ctx = UInt32(clamping: max(512, configuration.contextCells))
        parameters.n_batch = UInt32(Self.batchSize)
        parameters.n_ubatch = UInt32(Self.batchSize)
        parameters.n_seq_max = UInt32(min(max(1, configuration.sequences), llama_max_parallel_sequences()))
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
        contextLength = min(
            configuration.conversationLimit, Int(llama_n_ctx(context)), trained > 0 ? trained : .max)
        isSmall = llama_model_n_params(weights.model) < 1_000_000_000
        template = ChatTemplate(weights.model)
        cache = SequenceCache(context: context, model: weights.model, count: Int(llama_n_seq_max(context)))
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

    private func prepare(_ generation: Generation, isPlain: Bool) throws {
        let tokens = tokens(of: generation.prompt, isPlain: isPlain)
        let room = contextLength - tokens.count
        guard room >= Self.leastRoom else {
            throw EngineError(
                .contextFull,
                "The conversation has \(tokens.count) tokens and leaves no room to answer: the language model holds "
                    + "\(contextLength).")
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
        for generation in running + waiting where generation.prompt.conversation == conversation && !generation.isAnswer {
            remove(generation)
        }
        cache.forget(conversation)
    }

    /// Ends everything.
    func close() {
        for generation in running + waiting { generation.fail(EngineError(.closed, "The language model is being closed.")) }
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

    private func leave(_ generation: Generation) {
        running.removeAll { $0 === generation }
        waiting.removeAll { $0 === generation }
        if let sequence = generation.sequence {
            cache.release(sequence)
            cache.forgetWords(sequence)
        }
        generation.sequence = nil
    }

    // MARK: Steps

    /// Evaluates one batch and hands out what came of it.
    func step() {
        admit()
        let portions = plan()
        guard !portions.isEmpty else { return }
        fill(portions)
        let count = share.available(upTo: threads)
        llama_set_n_threads(context, Int32(count), Int32(count))
        let began = ContinuousClock.now
        let status = llama_decode(context, batch)
        switch status {
        case 0:
            pace.note(tokens: Int(batch.n_tokens), took: ContinuousClock.now - began)
            for portion in portions { cache.append(portion.tokens, to: portion.sequence) }
            handOut(portions)
        case 1: makeRoom(portions)
        default:
            let error = EngineError(.failed, "llama.cpp failed to evaluate a batch (\(status)): \(LlamaLog.takeWords())")
            for portion in portions {
                portion.generation.fail(error)
                cache.clear(portion.sequence)  // what it holds now is not known
                leave(portion.generation)
            }
        }
    }

    /// Tokens of one generation in a batch.
    private struct Portion {
        var generation: Generation
        var sequence: Int
        var start: Int
        var tokens: ArraySlice<llama_token>
        /// Where the logits of its last token are, when they are wanted.
        var output: Int32?
    }

    /// Gives sequences to those who wait, answers first.
    private func admit() {
        for generation in waiting.filter(\.isAnswer) + waiting.filter({ !$0.isAnswer }) {
            // All that those running may come to hold; prefixes that they share count for each.
            let promised = (running + [generation]).reduce(0) { $0 + $1.tokens.count + Self.leastRoom }
            let isRoomy = promised <= Int(llama_n_ctx(context))
            guard isRoomy || running.isEmpty else { return }
            let shared = sharedCount(generation)
            guard let sequence = cache.take(generation.tokens, for: generation.prompt.conversation, sharedCount: shared)
            else { return }
            generation.sequence = sequence
            if generation.cachedCount == nil { generation.cachedCount = cache.sequences[sequence].tokens.count }
            waiting.removeAll { $0 === generation }
            running.append(generation)
        }
    }

    /// Tokens of the instructions at the beginning of a prompt.
    private func sharedCount(_ generation: Generation) -> Int {
        var prompt = generation.prompt
        prompt.messages = []
        let bare = tokens(of: prompt, isPlain: generation.isPlain)
        return zip(bare, generation.tokens).prefix { $0 == $1 }.count
    }

    /// What goes into the next batch: every answer's next token, then pieces of prompts, oldest first.
    private func plan() -> [Portion] {
        var portions: [Portion] = []
        var space = Self.batchSize
        func add(_ generation: Generation, atMost most: Int) {
            guard let sequence = generation.sequence else { return }
            let start = cache.sequences[sequence].tokens.count
            let end = min(generation.goal, start + min(most, space))
            guard start < end else { return }
            space -= end - start
            portions.append(
                Portion(generation: generation, sequence: sequence, start: start, tokens: generation.tokens[start..<end]))
        }
        func isSpeaking(_ generation: Generation) -> Bool { generation.isAnswer && generation.answerCount > 0 }
        for generation in running where isSpeaking(generation) { add(generation, atMost: 1 + space / 2) }
        let others = running.count(where: isSpeaking)
        if let next = running.first(where: { $0.isAnswer && !isSpeaking($0) }) {
            add(next, atMost: pace.piece(beside: others + waiting.count, isUrgent: true))
        } else if let next = running.first(where: { !$0.isAnswer }) {
            add(next, atMost: pace.piece(beside: others, isUrgent: false))
            if portions.last?.generation !== next {
                // Nothing is left to evaluate.
                next.finishPreparation()
                leave(next)
            }
        }
        return portions
    }

    private func fill(_ portions: [Portion]) {
        var count = 0
        for portion in portions {
            for (offset, token) in portion.tokens.enumerated() {
                batch.token[count] = token
                batch.pos[count] = llama_pos(portion.start + offset)
                batch.n_seq_id[count] = 1
                batch.seq_id[count]?[0] = llama_seq_id(portion.sequence)
                let isLast = portion.start + offset == portion.generation.tokens.count - 1
                batch.logits[count] = isLast && portion.generation.isAnswer ? 1 : 0
                count += 1
            }
        }
        batch.n_tokens = Int32(count)
    }

    private func handOut(_ portions: [Portion]) {
        var end: Int32 = 0
        for portion in portions {
            end += Int32(portion.tokens.count)
            let generation = portion.generation
            guard portion.tokens.endIndex == generation.goal else { continue }
            guard generation.isAnswer else {
                generation.finishPreparation()
                leave(generation)
                continue
            }
            guard let logits = llama_get_logits_ith(context, end - 1) else {
                generation.fail(EngineError(.failed, "llama.cpp gave no result for a token."))
                leave(generation)
                continue
            }
            switch generation.advance(logits, weights) {
            case .goesOn: break
            case .startsAgain: startAgain(generation)
            case .hasEnded: leave(generation)
            }
        }
    }

    /// Asks for the answer again, with what the functions answered in words.
    private func startAgain(_ generation: Generation) {
        leave(generation)
        do {
            try prepare(generation, isPlain: true)
            waiting.insert(generation, at: 0)
        } catch {
            generation.fail(error)
        }
    }

    /// The cache is full: what is idle goes; then whoever came last waits until the others are done.
    private func makeRoom(_ portions: [Portion]) {
        if cache.evict() { return }
        guard let last = running.last, running.count > 1 else {
            for portion in portions {
                portion.generation.fail(EngineError(.contextFull, "The conversation fills the language model's cache."))
                leave(portion.generation)
            }
            return
        }
        if let sequence = last.sequence { cache.clear(sequence) }
        leave(last)
        waiting.insert(last, at: 0)
    }
}
#endif
