/// How much a language model may hold and compute.
public struct LlamaConfiguration: Equatable, Sendable {
    /// - `contextCells` (int, default: 8192): tokens of all conversations together that are kept evaluated.
    public var contextCells: Int
    /// - `conversationLimit` (int, default: 4096): tokens of one conversation, prompt and answer.
    public var conversationLimit: Int
    /// - `sequences` (int, default: 32): conversations that are kept or answered at a time.
    public var sequences: Int
    /// - `threads` (int, default: 8): the most threads that compute; what other models compute on is left to them.
    public var threads: Int

    /// A configuration.
    public init(contextCells: Int = 8192, conversationLimit: Int = 4096, sequences: Int = 32, threads: Int = 8) {
        self.contextCells = contextCells
        self.conversationLimit = conversationLimit
        self.sequences = sequences
        self.threads = threads
    }
}
