#if LOCAL_ENGINES
import CLlama
import SpeechEngines

/// Chooses the tokens of one answer.
final class TokenSampler {
    /// What llama.cpp takes for "any seed".
    private static let randomSeed = UInt32.max
    /// Candidates that a grammar looks at before it looks at the whole vocabulary.
    private static let grammarCandidates: Int32 = 512

    private let weights: LlamaWeights
    private let chain: UnsafeMutablePointer<llama_sampler>
    private let narrowing: UnsafeMutablePointer<llama_sampler>
    private var grammar: UnsafeMutablePointer<llama_sampler>?
    private var candidates: [llama_token_data] = []

    /// Whether what comes may not contain what calls are made of.
    var forbidsCalls: Bool

    init(_ weights: LlamaWeights, _ options: GenerationOptions, forbidsCalls: Bool = false) throws {
        guard let chain = llama_sampler_chain_init(llama_sampler_chain_default_params()),
            let narrowing = llama_sampler_init_top_k(Self.grammarCandidates)
        else { throw EngineError(.failed, "llama.cpp could not make a sampler.") }
        self.weights = weights
        self.forbidsCalls = forbidsCalls
        self.chain = chain
        self.narrowing = narrowing
        if options.temperature > 0, options.temperature.isFinite {
            let seed = UInt32(truncatingIfNeeded: options.seed ^ options.seed >> 32)
            // Top-k comes first: everything after it is then cheap.
            llama_sampler_chain_add(chain, llama_sampler_init_top_k(40))
            llama_sampler_chain_add(chain, llama_sampler_init_penalties(Int32(weights.count), 64, 1.1, 0, 0))
            llama_sampler_chain_add(chain, llama_sampler_init_top_p(0.95, 1))
            // Small models put words into the tail that make no sense; ten times less likely than the best is out.
            llama_sampler_chain_add(chain, llama_sampler_init_min_p(0.1, 1))
            llama_sampler_chain_add(chain, llama_sampler_init_temp(Float(options.temperature)))
            llama_sampler_chain_add(chain, llama_sampler_init_dist(seed == Self.randomSeed ? 0 : seed))
        } else {
            llama_sampler_chain_add(chain, llama_sampler_init_greedy())
        }
    }

    deinit {
        llama_sampler_free(chain)
        llama_sampler_free(narrowing)
        if let grammar { llama_sampler_free(grammar) }
    }

    /// Binds all tokens to the grammar `text`.
    ///
    /// - Returns: `false` when llama.cpp refuses the text; the sampler then stays free.
    func bind(to text: String) -> Bool {
        grammar = llama_sampler_init_grammar(weights.vocabulary, text, "root")
        return grammar != nil
    }

    /// The next token of the answer.
    ///
    /// - Parameters:
    ///   - logits: the model's, one for each token of the vocabulary.
    ///   - hasSpoken: whether the answer has a visible character yet; without one it can't end.
    /// - Returns: `nil` when the grammar allows nothing, which ends the answer.
    func next(_ logits: UnsafePointer<Float>, hasSpoken: Bool) -> llama_token? {
        fill(logits, hasSpoken: hasSpoken)
        var token = choose(with: [chain])
        if let grammar {
            // Most choices fit; only when one doesn't is the grammar asked about others.
            if token.map({ Self.allows($0, grammar) }) != true {
                fill(logits, hasSpoken: hasSpoken)
                token = choose(with: [narrowing, grammar, chain])
            }
            if token.map({ Self.allows($0, grammar) }) != true {
                fill(logits, hasSpoken: hasSpoken)
                token = choose(with: [grammar, chain])
            }
            // A token that the grammar doesn't allow must not reach it: it would end the process.
            guard let token, Self.allows(token, grammar) else { return nil }
            llama_sampler_accept(grammar, token)
        }
        if let token { llama_sampler_accept(chain, token) }
        return token
    }

    private func fill(_ logits: UnsafePointer<Float>, hasSpoken: Bool) {
        let count = weights.count
        if candidates.count != count { candidates = Array(repeating: llama_token_data(), count: count) }
        candidates.withUnsafeMutableBufferPointer { candidates in
            for index in 0..<count {
                candidates[index] = llama_token_data(id: llama_token(index), logit: logits[index], p: 0)
            }
            func forbid(_ tokens: [llama_token]) {
                for token in tokens { candidates[Int(token)].logit = -.infinity }
            }
            forbid(weights.controlTokens)
            if !hasSpoken {
                forbid(weights.endTokens)
                forbid(weights.blankTokens)
            }
            if forbidsCalls { forbid(weights.callTokens) }
        }
    }

    private func choose(with samplers: [UnsafeMutablePointer<llama_sampler>]) -> llama_token? {
        candidates.withUnsafeMutableBufferPointer { candidates in
            var array = llama_token_data_array(
                data: candidates.baseAddress, size: candidates.count, selected: -1, sorted: false)
            for sampler in samplers { llama_sampler_apply(sampler, &array) }
            guard array.selected >= 0, array.selected < Int64(array.size), let data = array.data else { return nil }
            let chosen = data[Int(array.selected)]
            return chosen.logit == -.infinity ? nil : chosen.id
        }
    }

    private static func allows(_ token: llama_token, _ grammar: UnsafeMutablePointer<llama_sampler>) -> Bool {
        var candidate = llama_token_data(id: token, logit: 0, p: 0)
        return withUnsafeMutablePointer(to: &candidate) { pointer in
            var array = llama_token_data_array(data: pointer, size: 1, selected: -1, sorted: false)
            llama_sampler_apply(grammar, &array)
            return pointer.pointee.logit != -.infinity
        }
    }
}
#endif
