/// Cuts a growing text into clauses that a voice can say on their own.
///
/// The first clause is short, for somebody waits for it; later ones are as long as a sentence, for they sound better.
/// A mark ends a clause as soon as it stands there: to wait for what follows would cost a token's time.
public struct ClauseChunker: Sendable {
    /// The fewest characters of a first clause that ends at a comma.
    static let shortestFirst = 8
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
    private var hasWord = false
    private var isFirst = true

    /// Nothing said yet.
    public init() {}

    /// Adds text and returns the clauses that are whole now, with their leading spaces: joined they are the text.
    public mutating func append(_ text: String) -> [String] { text.compactMap { append($0) } }

    /// Adds a character and returns the clause that is whole now, if one is.
    public mutating func append(_ character: Character) -> String? {
        pending.append(character)
        length += 1
        hasWord = hasWord || character.isLetter || character.isNumber
        if endsClause(character) { return take() }
        return isFirst && character == " " ? takePhrase() : nil
    }

    /// What is left at the end.
    public mutating func finish() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        defer {
            pending = ""
            length = 0
            hasWord = false
            isFirst = false
        }
        return pending
    }

    /// The beginning of a first clause that has gone on without a mark: cut before a word with which a phrase begins,
    /// where a reader takes breath too.
    private mutating func takePhrase() -> String? {
        guard length >= Self.shortestPhrase else { return nil }
        let words = pending.split(separator: " ")
        guard words.count > 2, let last = words.last, Self.phraseStarts.contains(last.lowercased()) else { return nil }
        let rest = " \(last) "
        let phrase = String(pending.dropLast(rest.count))
        _ = take()
        (pending, length, hasWord) = (rest, rest.count, true)
        return phrase
    }

    private func endsClause(_ mark: Character) -> Bool {
        if length >= 2 * Self.longest { return true }
        switch mark {
        case "!", "?", "…", "\n", "。", "！", "？": return hasWord
        case ".": return hasWord && !lastWordIsAbbreviated
        case ",", ";", ":", "—":
            // "1,000" and "3:15" are one word
            guard pending.dropLast().last?.isNumber != true else { return false }
            return length >= (isFirst ? Self.shortestFirst : Self.shortestLater)
        case " ": return length >= Self.longest
        default: return false
        }
    }

    /// "3." may become "3.5", "Dr." and "U." end no sentence.
    private var lastWordIsAbbreviated: Bool {
        let word = pending.dropLast().reversed().prefix { !$0.isWhitespace }.reversed()
        guard let last = word.last else { return false }
        return last.isNumber || (word.count == 1 && last.isLetter && last != "I") || word.dropLast().last == "."
            || Self.abbreviations.contains(String(word).lowercased())
    }
}
