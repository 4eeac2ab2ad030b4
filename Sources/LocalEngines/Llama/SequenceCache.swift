#if LOCAL_ENGINES
import CLlama
import SpeechEngines

/// What the model has evaluated and still remembers: sequences of tokens in one key-value cache.
///
/// Sequences that begin alike share the cells of what they have in common. A sequence stays after its answer, so that
/// the conversation's next prompt only adds to it; the least recently used go when room is needed.
final class SequenceCache {
    struct Sequence {
        var tokens: [llama_token] = []
        var conversation: ConversationKey?
        /// Tokens of the instructions, which outlive the conversation for the next one that begins alike.
        var sharedCount = 0
        var isBusy = false
        var lastUsed = 0
    }

    /// Instructions of fewer tokens are evaluated again sooner than looked after.
    private static let leastShared = 16

    private(set) var sequences: [Sequence]
    private let memory: OpaquePointer
    /// Models with a recurrent state or a sliding window can't take a part of a sequence from elsewhere.
    private let sharesPrefixes: Bool
    private var clock = 0

    init(context: OpaquePointer, model: OpaquePointer, count: Int) {
        memory = llama_get_memory(context)
        sequences = Array(repeating: Sequence(), count: count)
        sharesPrefixes = Self.sharesPrefixes(model)
    }

    /// Whether sequences of a model can begin with a part of another.
    static func sharesPrefixes(_ model: OpaquePointer) -> Bool {
        !llama_model_is_recurrent(model) && !llama_model_is_hybrid(model) && llama_model_n_swa(model) == 0
    }

    /// A sequence for `tokens` of `conversation`, holding as many of them as were evaluated before.
    ///
    /// - Returns: its index, or `nil` while all are in use. At least the last token is left to be evaluated.
    func take(_ tokens: [llama_token], for conversation: ConversationKey, sharedCount: Int) -> Int? {
        let idle = sequences.indices.filter { !sequences[$0].isBusy }
        func common(_ index: Int) -> Int { sequences[index].tokens.commonPrefix(tokens) }
        let own = idle.filter { sequences[$0].conversation == conversation }.max { common($0) < common($1) }
        // What differs in its beginning is worth keeping: the conversation's next prompt may continue that again.
        let ownFitting = own.flatMap { 2 * common($0) >= sequences[$0].tokens.count ? $0 : nil }
        guard
            let index = ownFitting ?? idle.first(where: { sequences[$0].tokens.isEmpty }) ?? own
                ?? idle.min(by: { sequences[$0].lastUsed < sequences[$1].lastUsed })
        else { return nil }
        let keep = min(common(index), tokens.count - 1)
        let donor = sequences.indices.max { common($0) < common($1) } ?? index
        if sharesPrefixes, common(donor) > common(index), donor != index {
            let borrowed = min(common(donor), tokens.count - 1)
            clear(index)
            llama_memory_seq_cp(memory, llama_seq_id(donor), llama_seq_id(index), 0, llama_pos(borrowed))
            sequences[index].tokens = Array(tokens[..<borrowed])
        } else {
            truncate(index, to: keep)
        }
        sequences[index].conversation = conversation
        sequences[index].sharedCount = sharedCount
        sequences[index].isBusy = true
        touch(index)
        return index
    }

    /// Notes that `tokens` were evaluated at the end of a sequence.
    func append(_ tokens: some Collection<llama_token>, to index: Int) { sequences[index].tokens += tokens }

    /// Gives a sequence back; its tokens are kept.
    func release(_ index: Int) {
        sequences[index].isBusy = false
        touch(index)
    }

    /// Forgets a conversation, but for instructions that others may begin with.
    func forget(_ conversation: ConversationKey) {
        for index in sequences.indices where sequences[index].conversation == conversation {
            sequences[index].conversation = nil
            guard !sequences[index].isBusy else { continue }  // dropped when its answer ends
            forgetWords(index)
        }
    }

    /// Removes what nobody's conversation may keep from a sequence whose conversation has gone.
    func forgetWords(_ index: Int) {
        guard sequences[index].conversation == nil else { return }
        let shared = Array(sequences[index].tokens.prefix(sequences[index].sharedCount))
        let isKeptElsewhere = sequences.indices.contains { other in
            other != index && sequences[other].tokens.starts(with: shared)
        }
        let isWorthKeeping = sharesPrefixes && !isKeptElsewhere && shared.count >= Self.leastShared
        if !isWorthKeeping { clear(index) } else { truncate(index, to: shared.count) }
    }

    /// Makes room by dropping the sequence that was idle longest; `false` when there is none to drop.
    func evict() -> Bool {
        let idle = sequences.indices.filter { !sequences[$0].isBusy && !sequences[$0].tokens.isEmpty }
        guard let index = idle.min(by: { sequences[$0].lastUsed < sequences[$1].lastUsed }) else { return false }
        clear(index)
        return true
    }

    /// Drops all tokens of a sequence.
    func clear(_ index: Int) {
        llama_memory_seq_rm(memory, llama_seq_id(index), -1, -1)
        sequences[index].tokens = []
    }

    private func truncate(_ index: Int, to count: Int) {
        guard sequences[index].tokens.count > count else { return }
        if count > 0, llama_memory_seq_rm(memory, llama_seq_id(index), llama_pos(count), -1) {
            sequences[index].tokens.removeLast(sequences[index].tokens.count - count)
        } else {
            clear(index)  // a recurrent model can't go back
        }
    }

    private func touch(_ index: Int) {
        clock += 1
        sequences[index].lastUsed = clock
    }
}

extension Array where Element: Equatable {
    /// How many elements both arrays begin with.
    fileprivate func commonPrefix(_ other: [Element]) -> Int {
        var count = 0
        while count < self.count, count < other.count, self[count] == other[count] { count += 1 }
        return count
    }
}
#endif
