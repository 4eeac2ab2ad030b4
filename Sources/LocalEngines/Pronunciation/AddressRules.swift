/// Web and mail addresses, paths, handles and tags, as one dictates them: "example dot com slash docs".
enum AddressRules {
    static let startingWithWord = [
        SpokenRule("https://example.com/docs", webAddress),
        SpokenRule("info@example.org", mailAddress),
        SpokenRule("example.com", domain),
    ]
    static let startingWithSign = [
        SpokenRule("/usr/bin", path),
        SpokenRule("@handle", handle),
        SpokenRule("#tag", tag),
    ]

    private static func webAddress(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard !reader[0].glued || !reader[-1].isSign("/") else { return nil }
        var skipped = 0
        if ["http", "https", "ftp", "ws", "wss", "file"].contains(reader[0].text.lowercased()), reader[1].isGlued(":"),
            reader[2].isGlued("/"), reader[3].isGlued("/")
        {
            skipped = 4
        }
        if reader[skipped].text.lowercased() == "www", reader[skipped + 1].isGlued(".") { skipped += 2 }
        guard skipped > 0, reader[skipped].glued else { return nil }
        return dictated(reader, skipping: skipped)
    }

    private static func mailAddress(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard !reader[0].glued || reader[-1].kind == .sign, !reader[-1].isGlued("@") else { return nil }
        let chunk = reader.chunk(limit: 64)
        guard
            let at = chunk.firstIndex(where: { !$0.isWord && !$0.isNumber && !["+", ".", "_", "-"].contains($0.text) }),
            chunk[at].isSign("@"), chunk.dropFirst(at - chunk.startIndex + 1).contains(where: { $0.isSign(".") }),
            chunk.count > at - chunk.startIndex + 1, chunk[at + 1].isWord || chunk[at + 1].isNumber
        else { return nil }
        return dictated(reader, skipping: 0)
    }

    /// "main.swift", "foo.bar", "example.com/docs", "Node.js": lower case right after the period means no sentence ended.
    private static func domain(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[1].isGlued("."), reader[2].glued, reader[2].isWord,
            reader[2].text.utf8.count > 1 || !reader[0].isLetter,
            !reader[2].isCapitalized || (reader[2].isAllCaps && reader[0].isAllCaps)
        else { return nil }
        return dictated(reader, skipping: 0)
    }

    /// "/usr/bin", "~/docs", "./run", "../x".
    private static func path(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard !reader[0].glued || (reader[-1].kind == .sign && !["/", ".", "~", ")"].contains(reader[-1].text)) else {
            return nil
        }
        let isPath =
            switch reader[0].text {
            case "/": reader[1].glued && reader[1].isWord
            case "~": reader[1].isGlued("/")
            case ".":
                reader[1].isGlued("/") || (reader[1].isGlued(".") && reader[2].isGlued("/")) || isHiddenFile(reader)
            default: false
            }
        return isPath ? dictated(reader, skipping: 0) : nil
    }

    /// ".gitignore", but not ".5".
    private static func isHiddenFile(_ reader: TokenReader) -> Bool { reader[1].glued && reader[1].isWord }

    private static func handle(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].isSign("@"), reader[1].glued, reader[1].isWord || reader[1].isSign("_") else { return nil }
        return SpokenRule.Reading("at", tokens: 1)
    }

    private static func tag(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].isSign("#"), reader[1].glued else { return nil }
        if reader[1].isNumber { return SpokenRule.Reading("number", tokens: 1) }
        return reader[1].isWord && !reader[0].glued ? SpokenRule.Reading("hashtag", tokens: 1) : nil
    }

    private static let signs = [
        ".": "dot", "/": "slash", ":": "colon", "-": "dash", "_": "underscore", "@": "at", "?": "question mark",
        "=": "equals",
        "&": "and", "#": "hash", "~": "tilde", "%": "percent", "+": "plus", "\\": "backslash",
    ]

    /// Every sign of the chunk by its name. What only closes the sentence or the bracket around it stays out; `nil` when
    /// nothing remains, as of "www…".
    private static func dictated(_ reader: TokenReader, skipping skipped: Int) -> SpokenRule.Reading? {
        var chunk = reader.chunk()
        var pauses = 0
        while let last = chunk.last, last.kind == .sign,
            ![")", "}"].contains(last.text) || !chunk.contains(where: { $0.isSign("(") }),
            chunk.count > 1, last.text != "/"
        {
            chunk.removeLast()
            pauses += 1
        }
        let tokens = chunk.count
        if chunk.last?.isSign("/") == true, chunk.count > 1 { chunk.removeLast() }
        var words: [String] = []
        for token in chunk.dropFirst(skipped) {
            switch token.kind {
            case .word: words.append(name(token.text))
            case .number: words.append(number(token.text))
            default: if let sign = signs[token.text] { words.append(sign) }
            }
        }
        return words.isEmpty ? nil : SpokenRule.Reading(words.joined(separator: " "), tokens: tokens)
    }

    private static func number(_ digits: String) -> String {
        digits.utf8.count > 4 ? NumberWords.digits(digits) : NumberWords.cardinal(digits)
    }

    /// Parts of addresses are read as words if they are any, and spelt when they are known as letters.
    private static func name(_ text: String) -> String {
        if let known = parts[text.lowercased()] { return known }
        if Initialisms.areSpelt(text.uppercased()), !Initialisms.areWords.contains(text.lowercased()) {
            return Initialisms.spelt(text)
        }
        return WordRules.identifier(text) ?? text
    }

    private static let parts = [
        "md": "M D", "js": "J S", "ts": "T S", "py": "pie", "io": "I O", "ai": "A I", "uk": "U K", "eu": "E U",
        "us": "U S",
        "tv": "T V", "org": "org", "com": "com", "net": "net", "www": "W W W", "txt": "text", "exe": "E X E",
        "csv": "C S V",
        "de": "D E", "fr": "F R", "jpeg": "J peg", "jpg": "J peg", "json": "jason", "yml": "yammel", "yaml": "yammel",
        "toml": "tommel", "usr": "user", "etc": "E T C", "src": "source", "lib": "lib", "cpp": "C P P", "gov": "gov",
        "edu": "E D U",
        "png": "P N G", "gif": "gif", "co": "C O", "dev": "dev", "sh": "S H", "env": "E N V", "tmp": "temp",
        "cfg": "config",
        "gitignore": "git ignore", "ca": "C A",
    ]
}
