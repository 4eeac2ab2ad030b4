/// Cuts a growing text into clauses that a voice can say on their own.
///
/// The first clause is short, for somebody waits for it, but no shorter than three words, for a voice can do nothing
/// with less; later ones are as long as a sentence, for they sound better. A mark ends a clause as soon as it stands
/// there: to wait for what follows would cost a token's time.
public struct ClauseChunker: Sendable {
    /// The fewest words of a first clause, where something follows it.
    static let fewestWords = 3
    /// The fewest characters of a later clause that ends at a comma.
    static let shortestLater = 60
    /// The most characters of any clause; beyond, it ends at the last space.
    static let longest = 240

    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "vs", "etc", "e.g", "i.e", "no", "approx", "inc", "jr", "sr",
    ]

    /// The fewest characters after which a first clause without a mark is cut between phrases.
    static let shortestPhrase = 10

    /// Words with which a phrase begins: a voice may pause before them.
    private static let phraseStarts: Set<String> = [
        "about", "and", "are", "as", "at", "because", "but", "by", "can", "for", "from", "has", "have", "if", "in",
        "into",
        "is", "like", "on", "or", "so", "than", "that", "to", "was", "were", "when", "where", "which", "while", "who",
        "will",
        "with", "would",
    ]

    private var pending = ""
    private var length = 0
    /// How many words have begun, as far as spaces tell.
    private var words = 0
    private var isInWord = false
    private var isFirst = true

    /// Nothing said yet.
    public init() {}

    /// Adds text and returns the clauses that are whole now, with their leading spaces: joined they are the text.
    public mutating func append(_ text: String) -> [String] { text.compactMap { append($0) } }

    /// Adds a character and returns the clause that is whole now, if one is.
    public mutating func append(_ character: Character) -> String? {
        pending.append(character)
        length += 1
        if character.isWhitespace { isInWord = false }
        if !isInWord, character.isLetter || character.isNumber {
            isInWord = true
            words += 1
        }
        if endsClause(character) { return take() }
        return character == " " ? takePhrase() : nil
    }

    /// Tells that a token ends here, and with it most likely a word. Returns the clause that is whole now, if one is.
    public mutating func endToken() -> String? { takePhrase() }

    /// What is left at the end.
    public mutating func finish() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        defer {
            pending = ""
            length = 0
            words = 0
            isInWord = false
            isFirst = false
        }
        return pending
    }

    /// The beginning of a first clause that has gone on without a mark: cut before a word with which a phrase begins,
    /// where a reader takes breath too.
    private mutating func takePhrase() -> String? {
        guard isFirst, length >= Self.shortestPhrase, words > Self.fewestWords,
            let last = pending.split(separator: " ").last, Self.phraseStarts.contains(last.lowercased())
        else { return nil }
        // The space before the word goes with it.
        let start = pending.index(last.startIndex, offsetBy: -1)
        let phrase = String(pending[..<start])
        let rest = String(pending[start...])
        _ = take()
        for character in rest { _ = append(character) }
        return phrase
    }

    private func endsClause(_ mark: Character) -> Bool {
        if length >= 2 * Self.longest { return true }
        switch mark {
        // Without spaces between them nobody can count words.
        case "。", "！", "？": return words > 0
        case "!", "?", "…", "\n": return hasWords
        case ".": return hasWords && !lastWordIsAbbreviated
        case ",", ";", ":", "—":
            // "1,000" and "3:15" are one word
            guard pending.dropLast().last?.isNumber != true else { return false }
            return hasWords && (isFirst || length >= Self.shortestLater)
        case " ": return length >= Self.longest
        default: return false
        }
    }

    private var hasWords: Bool { words >= (isFirst ? Self.fewestWords : 1) }

    /// "3." may become "3.5", "Dr." and "U." end no sentence.
    private var lastWordIsAbbreviated: Bool {
        let word = pending.dropLast().reversed().prefix { !$0.isWhitespace }.reversed()
        guard let last = word.last else { return false }
        return last.isNumber || (word.count == 1 && last.isLetter && last != "I") || word.dropLast().last == "."
            || Self.abbreviations.contains(String(word).lowercased())
    }
}
