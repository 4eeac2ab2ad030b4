#if LOCAL_ENGINES
import CLlama
import Foundation

/// Says how likely a phrase is after each of several beginnings.
///
/// It has sequences of its own in the model's cache, in which beginnings stay: the next phrase is then all that has to
/// be evaluated.
final class PhraseScale {
    /// Beginnings that are kept.
    static let sequences = 24
    /// Cells of the cache that they may fill, with the phrases.
    static let cells = 1280
    /// Tokens of a phrase that are weighed: its last. Spoken requests are shorter.
    private static let longestPhrase = 32

    private struct Kept {
        var situation = ""
        var tokens: [llama_token] = []
        var lastUsed = 0
    }

    /// A token to be evaluated; after it, `next` of the phrase with this index is expected.
    private struct Entry {
        var token: llama_token
        var position: Int
        var sequence: Int
        var next: (phrase: Int, token: llama_token)?
    }

    private let context: OpaquePointer
    private let weights: LlamaWeights
    /// The first of its sequences.
    private let first: Int
    private var kept: [Kept]
    private var clock = 0
    private var batch: llama_batch

    /// A scale in the sequences of `context` from `first` on.
    init(_ context: OpaquePointer, _ weights: LlamaWeights, first: Int) {
        (self.context, self.weights, self.first) = (context, weights, first)
        kept = Array(repeating: Kept(), count: max(0, min(Self.sequences, Int(llama_n_seq_max(context)) - first)))
        batch = llama_batch_init(Int32(LlamaEngine.batchSize), 0, 1)
    }

    deinit { llama_batch_free(batch) }

    /// Evaluates the beginnings of a reading, so that weighing costs less.
    func prepare(_ reading: TurnReading) { _ = evaluate(reading.beginnings, phrase: []) }

    /// How likely the turn of `reading` is after each beginning: logarithms, for each of its tokens.
    ///
    /// - Returns: `nil` when there is no room for it.
    func likelihoods(_ reading: TurnReading) -> [Float]? {
        let phrase = weights.contentTokens(of: reading.turn).suffix(Self.longestPhrase)
        // Without room all that is kept goes, so that the second time there may be some.
        let sums =
            evaluate(reading.beginnings, phrase: Array(phrase)) ?? evaluate(reading.beginnings, phrase: Array(phrase))
        return sums?.map { $0 / Float(max(1, phrase.count)) }
    }

    private func evaluate(_ beginnings: [TurnReading.Beginning], phrase: [llama_token]) -> [Float]? {
        var sums = [Float](repeating: 0, count: beginnings.count)
        guard beginnings.count <= kept.count else { return nil }
        var entries: [Entry] = []
        var used: [Int] = []
        for (number, beginning) in beginnings.enumerated() {
            let tokens = weights.contentTokens(of: beginning.situation + beginning.lead)
            guard tokens.count > 1, let slot = take(beginning.situation, except: used) else { return nil }
            used.append(slot)
            let common = min(zip(kept[slot].tokens, tokens).prefix { $0 == $1 }.count, tokens.count - 1)
            remove(slot, from: common)
            kept[slot].tokens = Array(tokens.dropLast())
            for index in common..<tokens.count - 1 {
                entries.append(Entry(token: tokens[index], position: index, sequence: first + slot))
            }
            for (offset, next) in phrase.enumerated() {
                entries.append(
                    Entry(
                        token: offset == 0 ? tokens[tokens.count - 1] : phrase[offset - 1],
                        position: tokens.count - 1 + offset, sequence: first + slot, next: (number, next)))
            }
        }
        defer { for slot in used { remove(slot, from: kept[slot].tokens.count) } }
        guard weigh(entries, into: &sums) else {
            for slot in kept.indices { forget(slot) }
            return nil
        }
        return sums
    }

    /// The place of a beginning: where it was, or of the one that was unused for longest.
    private func take(_ situation: String, except used: [Int]) -> Int? {
        let free = kept.indices.filter { !used.contains($0) }
        let slot = free.first { kept[$0].situation == situation } ?? free.min { kept[$0].lastUsed < kept[$1].lastUsed }
        guard let slot else { return nil }
        clock += 1
        kept[slot].lastUsed = clock
        if kept[slot].situation != situation {
            forget(slot)
            kept[slot].situation = situation
        }
        return slot
    }

    private func remove(_ slot: Int, from position: Int) {
        llama_memory_seq_rm(llama_get_memory(context), llama_seq_id(first + slot), llama_pos(position), -1)
    }

    private func forget(_ slot: Int) {
        remove(slot, from: 0)
        (kept[slot].situation, kept[slot].tokens) = ("", [])
    }

    /// Evaluates entries and adds what is expected after them to the sums of their phrases.
    private func weigh(_ entries: [Entry], into sums: inout [Float]) -> Bool {
        guard kept.reduce(0, { $0 + $1.tokens.count }) + entries.count <= Self.cells else { return false }
        var rest = entries[...]
        while !rest.isEmpty {
            var outputs = 0
            let piece = rest.prefix(LlamaEngine.batchSize).prefix { entry in
                outputs += entry.next == nil ? 0 : 1
                return outputs <= Int(llama_n_seq_max(context))
            }
            rest = rest.dropFirst(piece.count)
            for (index, entry) in piece.enumerated() {
                batch.token[index] = entry.token
                batch.pos[index] = llama_pos(entry.position)
                batch.n_seq_id[index] = 1
                batch.seq_id[index]?[0] = llama_seq_id(entry.sequence)
                batch.logits[index] = entry.next == nil ? 0 : 1
            }
            batch.n_tokens = Int32(piece.count)
            guard llama_decode(context, batch) == 0 else { return false }
            for (index, entry) in piece.enumerated() {
                guard let next = entry.next else { continue }
                guard let logits = llama_get_logits_ith(context, Int32(index)) else { return false }
                sums[next.phrase] += Self.logProbability(
                    of: next.token, UnsafeBufferPointer(start: logits, count: weights.count))
            }
        }
        return true
    }

    private static func logProbability(of token: llama_token, _ logits: UnsafeBufferPointer<Float>) -> Float {
        var most = -Float.infinity
        for logit in logits where logit > most { most = logit }
        // What is e^16 times less likely than the likeliest doesn't count, but would cost most of the time.
        let least = most - 16
        var sum: Float = 0
        for logit in logits where logit > least { sum += exp(logit - most) }
        return logits[Int(token)] - most - log(sum)
    }
}
#endif
