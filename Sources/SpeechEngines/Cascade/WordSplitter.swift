/// Cuts a growing text into words, each with its leading space: the deltas of a transcript.
public struct WordSplitter: Sendable {
    private var pending = ""
    private var isFirst = true

    /// Nothing said yet.
    public init() {}

    /// Adds text and returns the words that are whole now. A word is whole when a space follows it.
    public mutating func append(_ text: String) -> [String] {
        var words: [String] = []
        for character in text {
            if character.isWhitespace, pending.contains(where: { !$0.isWhitespace }) { words += finish() }
            pending.append(character)
        }
        return words
    }

    /// The last word: nothing is added to it any more. Spaces wait for the word that they lead.
    public mutating func finish() -> [String] {
        guard pending.contains(where: { !$0.isWhitespace }) else { return [] }
        defer {
            pending = ""
            isFirst = false
        }
        return [isFirst ? String(pending.drop { $0.isWhitespace }) : pending]
    }
}
