/// Roman numerals where nothing else can be meant: after a name or a word which is counted.
enum RomanNumerals {
    static func read(_ reader: TokenReader) -> SpokenRule.Reading? {
        let text = reader[0].text
        guard text.utf8.count <= 7, text.utf8.allSatisfy(letters.contains), reader[-1].isWord, !reader[0].glued,
            let value = value(text)
        else { return nil }
        let before = reader[-1].text
        if rulers.contains(before) {
            // "Henry V" but not "Charles I know".
            guard
                text != "I" || !reader[1].isWord
                    || !["am", "have", "was", "know", "think", "will"].contains(reader[1].text)
            else {
                return nil
            }
            return SpokenRule.Reading("the " + NumberWords.ordinal(String(value)), tokens: 1)
        }
        if counted.contains(before.lowercased()) {
            guard text != "I" || !reader[1].isWord else { return nil }
            return SpokenRule.Reading(NumberWords.cardinal(value), tokens: 1)
        }
        // Elsewhere only what is made of I, V and X, and is no initialism: "Rocky IV", but "give me an IV".
        guard reader[-1].isCapitalized, text.utf8.count > 1, !reader[-1].isAllCaps,
            text.utf8.allSatisfy("IVX".utf8.contains),
            !(text == "IV" && ["An", "The", "A"].contains(before))
        else { return nil }
        return SpokenRule.Reading(NumberWords.cardinal(value), tokens: 1)
    }

    private static let letters = Set("IVXLCDM".utf8)

    /// The value of a well-formed numeral: nil for "IIX" or "VV".
    static func value(_ text: String) -> Int? {
        var rest = Substring(text)
        var total = 0
        for (numeral, worth) in table {
            var repeats = 0
            while rest.hasPrefix(numeral), repeats < (numeral.count == 2 || "VLD".contains(numeral) ? 1 : 3) {
                rest = rest.dropFirst(numeral.count)
                total += worth
                repeats += 1
            }
        }
        return rest.isEmpty && total > 0 ? total : nil
    }

    private static let table = [
        ("M", 1000), ("CM", 900), ("D", 500), ("CD", 400), ("C", 100), ("XC", 90), ("L", 50), ("XL", 40), ("X", 10),
        ("IX", 9),
        ("V", 5), ("IV", 4), ("I", 1),
    ]

    private static let rulers: Set<String> = [
        "Henry", "Louis", "Elizabeth", "George", "Charles", "James", "Edward", "William", "Richard", "Paul", "Pius",
        "Benedict",
        "Napoleon", "Philip", "Catherine", "Frederick", "Nicholas", "Alexander", "Ferdinand", "Francis", "Gregory",
        "Innocent",
        "Leo", "Clement", "Wilhelm", "Otto", "Leopold", "Peter", "Ivan", "Mary", "Victor", "Ramesses", "Ptolemy",
        "Xerxes",
        "Darius", "Haakon", "Gustav", "Albert", "Umberto", "Urban",
    ]

    private static let counted: Set<String> = [
        "war", "chapter", "part", "volume", "act", "scene", "section", "book", "phase", "type", "article", "appendix",
        "title",
        "class", "level", "stage", "bowl", "episode", "vol", "figure", "table", "unit", "module", "step", "grade",
        "tier", "group",
        "division", "amendment", "canto", "psalm", "lesson", "round", "mark", "theorem", "lemma",
    ]
}
