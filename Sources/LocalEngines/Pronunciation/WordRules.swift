/// Words which are not read as they are written: initialisms, Roman numerals, identifiers, shouting.
enum WordRules {
    static let all = [
        SpokenRule("'90s, 'cause", kept),
        SpokenRule("word(s)", optionalPlural),
        SpokenRule("v2", version),
        SpokenRule("3 x 4", timesOrBy),
        SpokenRule("C++", languages),
        SpokenRule("Henry VIII", RomanNumerals.read),
        SpokenRule("HELLO WORLD", shouted),
        SpokenRule("FBI", initialism),
        SpokenRule("camelCase", camelCase),
        SpokenRule("GPT-4", hyphenatedToNumber),
        SpokenRule("word", plain),
    ]

    /// The plain case first: nothing but small letters can be anything else here, save an "x" or a version.
    private static func kept(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text.utf8.count > 2, reader[0].text.utf8.allSatisfy({ (97...122).contains($0) }) else {
            return nil
        }
        return optionalPlural(reader) ?? hyphenatedToNumber(reader) ?? plain(reader)
    }

    private static func plain(_ reader: TokenReader) -> SpokenRule.Reading? {
        SpokenRule.Reading(reader[0].text, tokens: 1)
    }

    private static func optionalPlural(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[1].isGlued("("), reader[2].glued, ["s", "es"].contains(reader[2].text), reader[3].isGlued(")")
        else { return nil }
        return SpokenRule.Reading(reader[0].text + reader[2].text, tokens: 4)
    }

    private static func version(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard ["v", "V"].contains(reader[0].text), reader[1].isNumber, reader[1].glued, !reader[0].glued else {
            return nil
        }
        return SpokenRule.Reading("version", tokens: 1)
    }

    /// "3 x 4" is a product, "1920x1080" a size, "5x" a factor.
    private static func timesOrBy(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard ["x", "X"].contains(reader[0].text), reader[-1].isNumber, !(reader[-1].text == "0" && reader[0].glued)
        else { return nil }
        if reader[1].isNumber {
            return SpokenRule.Reading(reader[0].glued && reader[1].glued ? "by" : "times", tokens: 1)
        }
        return reader[0].glued ? SpokenRule.Reading("times", tokens: 1) : nil
    }

    private static func languages(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].isLetter, reader[0].isCapitalized else { return nil }
        if reader[1].isGlued("#"), !reader[2].glued || !reader[2].isWord {
            return SpokenRule.Reading(reader[0].text + " sharp", tokens: 2)
        }
        if reader[0].text == "C", reader[1].isGlued("+"), reader[2].isGlued("+") {
            return SpokenRule.Reading("C plus plus", tokens: 3)
        }
        return nil
    }

    /// Two or more words in capitals are shouted, unless all of them are initialisms ("FBI HQ").
    private static func shouted(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard isShoutable(reader[0]), reader[1].isWord || reader[-1].isWord else { return nil }
        let before = isShoutable(reader[-1]) && !reader[0].isGlued("-") ? reader[-1] : .end
        let after = isShoutable(reader[1]) ? reader[1] : .end
        let shouts = [before, reader[0], after].filter {
            $0.isAllCaps && !Initialisms.areSpelt($0.text) && isWordLong($0)
        }
        guard before.isWord || after.isWord, !shouts.isEmpty else { return nil }
        guard !Initialisms.areSpelt(reader[0].text) || Initialisms.areWords.contains(reader[0].text.lowercased()) else {
            return nil
        }
        let isPronoun = reader[0].text == "I" || reader[0].text.hasPrefix("I'")
        return SpokenRule.Reading(isPronoun ? reader[0].text : reader[0].text.lowercased(), tokens: 1)
    }

    private static func isShoutable(_ token: SpokenToken) -> Bool {
        token.isAllCaps || token.text == "I" || token.text == "A"
            || (token.isWord && token.text.utf8.count > 2
                && token.text.utf8.allSatisfy { (65...90).contains($0) || $0 == 39 })
    }

    /// Short capitals on both sides ("NASA ESA") tell nothing; everyday short words do.
    private static func isWordLong(_ token: SpokenToken) -> Bool {
        token.text.utf8.count > 4 || shoutedWords.contains(token.text)
    }

    private static let shoutedWords: Set<String> = [
        "THE", "AND", "YOU", "NOT", "BUT", "ALL", "NOW", "CAN", "WHY", "HOW", "STOP", "THIS", "THAT", "WHAT", "DO",
        "IS", "ARE", "IT",
        "TO", "NO", "YES", "PLEASE", "GO", "MY", "WE", "BE", "OF", "IN", "ON", "READ", "VERY", "MUCH", "SO", "FOR",
        "WITH",
    ]

    private static func initialism(_ reader: TokenReader) -> SpokenRule.Reading? {
        var letters = reader[0].text
        var ending = ""
        for suffix in ["'s", "s"] where letters.hasSuffix(suffix) && letters.utf8.count > suffix.utf8.count + 1 {
            letters.removeLast(suffix.count)
            ending = "'s"
            break
        }
        // The short capitals of "AT&T" are letters, whatever they spell.
        let isPaired =
            letters.utf8.count <= 3 && reader[0].isAllCaps
            && (reader[1].isGlued("&") || reader[0].glued && reader[-1].isSign("&"))
        guard Initialisms.areSpelt(letters) || isPaired else { return mixed(reader) }
        return SpokenRule.Reading(
            Initialisms.spelt(letters) + ending + (joinsNumber(reader) ? " " : ""), tokens: joinsNumber(reader) ? 2 : 1)
    }

    private static func mixed(_ reader: TokenReader) -> SpokenRule.Reading? {
        Initialisms.mixed[reader[0].text].map { SpokenRule.Reading($0, tokens: joinsNumber(reader) ? 2 : 1) }
    }

    private static func camelCase(_ reader: TokenReader) -> SpokenRule.Reading? {
        identifier(reader[0].text).map { SpokenRule.Reading($0, tokens: 1) }
    }

    /// "COVID-19", "F-16": the hyphen is silent.
    private static func hyphenatedToNumber(_ reader: TokenReader) -> SpokenRule.Reading? {
        joinsNumber(reader) ? SpokenRule.Reading(reader[0].text, tokens: 2) : nil
    }

    private static func joinsNumber(_ reader: TokenReader) -> Bool {
        reader[1].isGlued("-") && reader[2].isNumber && reader[2].glued
    }

    /// "parseHTTPResponse" → "parse H T T P Response". Nil when nothing changes: "McDonald" stays whole.
    static func identifier(_ text: String) -> String? {
        let letters = Array(text.utf8)
        guard letters.count > 2, letters.dropFirst().contains(where: isCapital),
            letters.contains(where: { !isCapital($0) }),
            !["Mc", "Mac", "O'", "D'", "L'"].contains(where: { text.hasPrefix($0) })
        else { return nil }
        var parts: [String] = []
        var start = 0
        for index in 1..<letters.count {
            let opensWord = isCapital(letters[index]) && !isCapital(letters[index - 1]) && letters[index - 1] != 39
            let opensLast =
                isCapital(letters[index]) && index + 1 < letters.count && isSmall(letters[index + 1])
                && index - start > 1
            guard opensWord || opensLast else { continue }
            parts.append(String(decoding: letters[start..<index], as: UTF8.self))
            start = index
        }
        parts.append(String(decoding: letters[start...], as: UTF8.self))
        guard parts.count > 1 else { return nil }
        return parts.map { Initialisms.areSpelt($0) ? Initialisms.spelt($0) : $0 }.joined(separator: " ")
    }

    private static func isCapital(_ byte: UInt8) -> Bool { (65...90).contains(byte) }
    private static func isSmall(_ byte: UInt8) -> Bool { (97...122).contains(byte) }
}
