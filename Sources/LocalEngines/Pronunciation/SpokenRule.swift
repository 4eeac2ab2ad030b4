/// How one thing is read: given what stands at a position, the words for it and how many tokens they stand for.
struct SpokenRule: Sendable {
    let name: String
    let read: @Sendable (TokenReader) -> Reading?

    init(_ name: String, _ read: @escaping @Sendable (TokenReader) -> Reading?) {
        self.name = name
        self.read = read
    }

    struct Reading: Sendable {
        var words: String
        var tokens: Int
        /// The hyphen of "well-known": the next word follows without a space.
        var joinsNext = false

        init(_ words: String, tokens: Int) {
            self.words = words
            self.tokens = tokens
        }

        static func joined(tokens: Int) -> Reading {
            var reading = Reading("", tokens: tokens)
            reading.joinsNext = true
            return reading
        }
    }
}

/// The tokens around one position.
struct TokenReader: Sendable {
    let tokens: [SpokenToken]
    var position = 0

    subscript(offset: Int) -> SpokenToken {
        let index = position + offset
        return tokens.indices.contains(index) ? tokens[index] : .end
    }

    /// Numbers which only this sign separates, without spaces: "2026-11-22" by "-" → ["2026", "11", "22"]. Never more than
    /// eight, so that a line of a thousand hyphens is not read a thousand times.
    func numbers(by sign: String, at offset: Int = 0) -> [String] {
        guard self[offset].isNumber else { return [] }
        var numbers = [self[offset].text]
        var next = offset + 1
        while numbers.count < 8, self[next].isGlued(sign), self[next + 1].isNumber, self[next + 1].glued {
            numbers.append(self[next + 1].text)
            next += 2
        }
        return numbers
    }

    /// The tokens from here to the next space, at most `limit` of them.
    func chunk(limit: Int = 400) -> ArraySlice<SpokenToken> {
        var end = position + 1
        while end < tokens.count, end - position < limit, tokens[end].glued { end += 1 }
        return tokens[min(position, tokens.count)..<min(end, tokens.count)]
    }

    /// A new sentence can start at this token: it follows a space, and it is a capital or the end.
    func startsSentence(_ offset: Int) -> Bool {
        self[offset].ends || (!self[offset].glued && self[offset].isCapitalized)
    }
}

/// The words so far, with one space between them and never two pauses in a row.
struct SpokenText {
    private(set) var text = ""
    private var joins = false
    private var lastPause: Character?
    var endsInPause: Bool { lastPause != nil }

    mutating func append(_ reading: SpokenRule.Reading) {
        for part in reading.words.split(separator: " ") {
            var word = part
            var pauses: [Character] = []
            while let last = word.last, Self.strength(last) > 0 {
                pauses.append(last)
                word.removeLast()
            }
            if !word.isEmpty { say(word) }
            for mark in pauses.reversed() { pause(mark) }
        }
        joins = reading.joinsNext && lastPause == nil && !text.isEmpty
    }

    private mutating func say(_ word: Substring) {
        if !text.isEmpty { text += joins ? "-" : " " }
        text += word
        joins = false
        lastPause = nil
    }

    /// "?!" and "..." are one pause: the strongest of them.
    private mutating func pause(_ mark: Character) {
        guard !text.isEmpty else { return }
        if let lastPause {
            guard Self.strength(mark) > Self.strength(lastPause) else { return }
            text.removeLast()
        }
        text.append(mark)
        lastPause = mark
    }

    private static func strength(_ mark: Character) -> Int {
        switch mark {
        case ",": 1
        case ":": 2
        case ";": 3
        case ".": 4
        case "!", "?": 5
        default: 0
        }
    }
}

/// The rules in the order in which they are tried, and the walk over a text.
enum SpokenRules {
    static let numbers = DateRules.startingWithNumber + TimeRules.all + PhoneRules.startingWithNumber + NumberRules.all
    static let words =
        AddressRules.startingWithWord + DateRules.startingWithWord + AbbreviationRules.all
        + CurrencyRules.startingWithWord
        + WordRules.all
    static let signs =
        PhoneRules.startingWithSign + CurrencyRules.startingWithSign + AddressRules.startingWithSign + SymbolRules.all

    static func spokenWords(_ text: String) -> String {
        let folded = TextFolding.fold(text)
        let spoken = spokenWords(SpokenToken.tokens(Markup.strip(folded)))
        // "```swift" alone, "[](x)": better its marks aloud than silence.
        return spoken.isEmpty ? spokenWords(SpokenToken.tokens(folded)) : spoken
    }

    private static func spokenWords(_ tokens: [SpokenToken]) -> String {
        var reader = TokenReader(tokens: tokens)
        var spoken = SpokenText()
        while reader.position < reader.tokens.count {
            let reading = read(reader)
            // A line that ends in a colon keeps it.
            if reader[0].kind != .lineEnd || !spoken.endsInPause { spoken.append(reading) }
            reader.position += max(1, reading.tokens)
        }
        return spoken.text
    }

    private static func read(_ reader: TokenReader) -> SpokenRule.Reading {
        switch reader[0].kind {
        case .end: return SpokenRule.Reading("", tokens: 1)
        case .lineEnd: return SpokenRule.Reading(".", tokens: 1)
        case .number: return first(numbers, reader) ?? SpokenRule.Reading(NumberWords.digits(reader[0].text), tokens: 1)
        case .word: return first(words, reader) ?? SpokenRule.Reading(reader[0].text, tokens: 1)
        case .sign: return first(signs, reader) ?? SpokenRule.Reading("", tokens: 1)
        }
    }

    private static func first(_ rules: [SpokenRule], _ reader: TokenReader) -> SpokenRule.Reading? {
        for rule in rules {
            if let reading = rule.read(reader) { return reading }
        }
        return nil
    }
}
