#if LOCAL_ENGINES
import CLlama
import SpeechEngines

extension LlamaEngine {
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
            let error = EngineError(
                .failed, "llama.cpp failed to evaluate a batch (\(status)): \(LlamaLog.takeWords())")
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
    }

    /// Gives sequences to those who wait, answers first.
    private func admit() {
        for generation in waiting.filter(\.isAnswer) + waiting.filter({ !$0.isAnswer }) {
            // All that those running may come to hold; prefixes that they share count for each.
            let promised = (running + [generation]).reduce(0) { $0 + $1.tokens.count + Self.leastRoom }
            let isRoomy = promised <= cells
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
                Portion(
                    generation: generation, sequence: sequence, start: start, tokens: generation.tokens[start..<end]))
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
                finishPreparation(next)
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
        // Reading a turn overwrites the logits, so that comes last.
        var readings: [(generation: Generation, reading: TurnReading, logits: [Float])] = []
        for portion in portions {
            end += Int32(portion.tokens.count)
            let generation = portion.generation
            guard portion.tokens.endIndex == generation.goal else { continue }
            guard generation.isAnswer else {
                finishPreparation(generation)
                continue
            }
            guard let logits = llama_get_logits_ith(context, end - 1) else {
                generation.fail(EngineError(.failed, "llama.cpp gave no result for a token."))
                leave(generation)
                continue
            }
            if scale != nil, let reading = generation.reading(logits, weights) {
                let copy = Array(UnsafeBufferPointer(start: logits, count: weights.count))
                readings.append((generation, reading, copy))
            } else {
                follow(generation, generation.advance(logits, weights))
            }
        }
        for (generation, reading, logits) in readings {
            let request = scale?.likelihoods(reading).map(reading.request)
            let step = logits.withUnsafeBufferPointer { logits in
                logits.baseAddress.map { generation.advance($0, request: request, weights) }
            }
            if let step { follow(generation, step) }
        }
    }

    private func follow(_ generation: Generation, _ step: Generation.Step) {
        switch step {
        case .goesOn: break
        case .startsAgain: startAgain(generation)
        case .hasEnded: leave(generation)
        }
    }

    /// Ends a preparation. While nobody waits, the functions are made ready to be weighed too.
    private func finishPreparation(_ generation: Generation) {
        generation.finishPreparation()
        leave(generation)
        if isIdle, generation.prompt.toolChoice == .auto, !generation.prompt.tools.isEmpty {
            scale?.prepare(CallGate(generation.prompt).reading)
        }
    }

    /// Asks for the answer again without the functions, with what they answered in words.
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
