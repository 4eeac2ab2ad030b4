/// What a run of digits can be, once it is neither a date, a time nor a telephone number. The most specific first.
enum NumberRules {
    static let all = [
        SpokenRule("24/7", setPhrase),
        SpokenRule("1.2.3", version),
        SpokenRule("2 1/2", mixedFraction),
        SpokenRule("1/2", fraction),
        SpokenRule("22nd", ordinal),
        SpokenRule("1990s", decade),
        SpokenRule("6'2\"", feetAndInches),
        SpokenRule("5 USD", CurrencyRules.afterNumber),
        SpokenRule("5 km", UnitRules.quantity),
        SpokenRule("5-year", hyphenatedToWord),
        SpokenRule("1999", year),
        SpokenRule("1,234.5", cardinal),
    ]

    private static func setPhrase(_ reader: TokenReader) -> SpokenRule.Reading? {
        switch reader.numbers(by: "/") {
        case ["24", "7"]: SpokenRule.Reading("twenty-four seven", tokens: 3)
        case ["50", "50"]: SpokenRule.Reading("fifty-fifty", tokens: 3)
        case ["9", "11"]: SpokenRule.Reading("nine eleven", tokens: 3)
        default: nil
        }
    }

    /// Four groups are an address of the Internet, where one says "dot".
    private static func version(_ reader: TokenReader) -> SpokenRule.Reading? {
        let parts = reader.numbers(by: ".")
        guard parts.count >= 3 else { return nil }
        let separator = parts.count == 4 ? " dot " : " point "
        return SpokenRule.Reading(
            parts.map(NumberWords.cardinal).joined(separator: separator), tokens: parts.count * 2 - 1)
    }

    private static func mixedFraction(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let over = Int(reader[1].text), !reader[1].glued, let under = Int(reader[3].text), over < under,
            under <= 64,
            reader.numbers(by: "/", at: 1).count == 2
        else { return nil }
        let part = NumberWords.fraction(reader[1].text, reader[3].text)
        let words = NumberWords.cardinal(reader[0].text) + " and " + (over == 1 ? article(part) : part)
        let unit = UnitRules.afterFraction(reader, at: 4, isOne: false)
        return SpokenRule.Reading(words + unit.words, tokens: 4 + unit.tokens)
    }

    /// "one half" → "a half", "one eighth" → "an eighth".
    private static func article(_ fraction: String) -> String {
        let part = fraction.dropFirst("one ".count)
        return (part.hasPrefix("e") ? "an " : "a ") + part
    }

    private static func fraction(_ reader: TokenReader) -> SpokenRule.Reading? {
        let parts = reader.numbers(by: "/")
        guard parts.count == 2 else { return nil }
        let unit = UnitRules.afterFraction(reader, at: 3, isOne: true)
        return SpokenRule.Reading(NumberWords.fraction(parts[0], parts[1]) + unit.words, tokens: 3 + unit.tokens)
    }

    private static func ordinal(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let numeral = reader.numeral(), numeral.fraction == nil, reader[numeral.tokens].glued,
            ["st", "nd", "rd", "th"].contains(reader[numeral.tokens].text.lowercased())
        else { return nil }
        return SpokenRule.Reading(NumberWords.ordinal(numeral.whole), tokens: numeral.tokens + 1)
    }

    /// "1990s" and "'90s" are the nineties; "1900s" the nineteen hundreds.
    private static func decade(_ reader: TokenReader) -> SpokenRule.Reading? {
        let digits = reader[0].text
        guard reader[1].glued, ["s", "S"].contains(reader[1].text) || reader[1].text == "'" && reader[2].text == "s"
        else {
            return nil
        }
        let tokens = reader[1].text == "'" ? 3 : 2
        guard digits.utf8.last == UInt8(ascii: "0"), let value = Int(digits) else { return nil }
        switch value {
        case 20...90 where digits.utf8.count == 2:
            return SpokenRule.Reading(NumberWords.plural(NumberWords.cardinal(value)), tokens: tokens)
        case 1920...1990 where value % 100 != 0:
            return SpokenRule.Reading(NumberWords.plural(NumberWords.cardinal(value % 100)), tokens: tokens)
        case 1000...2990: return SpokenRule.Reading(NumberWords.plural(NumberWords.year(digits)), tokens: tokens)
        default: return nil
        }
    }

    private static func feetAndInches(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[1].isGlued("'"), reader[2].isNumber, reader[2].glued else { return nil }
        let feet = NumberWords.cardinal(reader[0].text) + (reader[0].text == "1" ? " foot " : " feet ")
        let inches = NumberWords.cardinal(reader[2].text) + (reader[2].text == "1" ? " inch" : " inches")
        return SpokenRule.Reading(feet + inches, tokens: reader[3].isGlued("\"") ? 4 : 3)
    }

    /// "a 5-year plan", "5-km": the hyphen is no minus and no range.
    private static func hyphenatedToWord(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let numeral = reader.numeral(), reader[numeral.tokens].isGlued("-"), reader[numeral.tokens + 1].isWord,
            reader[numeral.tokens + 1].glued
        else { return nil }
        guard let unit = UnitNames.unit(reader[numeral.tokens + 1].text), reader[numeral.tokens + 1].text.utf8.count > 1
        else {
            return SpokenRule.Reading(numeral.words, tokens: numeral.tokens + 1)
        }
        return SpokenRule.Reading(numeral.words + " " + unit.one, tokens: numeral.tokens + 2)
    }

    private static let beforeYears: Set<String> = [
        "in", "since", "year", "by", "until", "till", "circa", "before", "after", "during", "from", "spring", "summer",
        "autumn",
        "fall", "winter", "early", "late", "mid", "of", "copyright",
    ]

    /// Four digits without a comma between 1100 and 2099, or any after "in", are a year, unless arithmetic surrounds them.
    private static func year(_ reader: TokenReader) -> SpokenRule.Reading? {
        let digits = reader[0].text
        guard digits.utf8.count == 4, let value = Int(digits), let numeral = reader.numeral(), numeral.tokens == 1
        else {
            return nil
        }
        let previous = reader[-1]
        let likely = beforeYears.contains(previous.text.lowercased()) && (1000...2999).contains(value)
        guard likely || (1100...2099).contains(value), !isArithmetic(previous), !isArithmetic(reader[1]),
            !reader[0].glued || !previous.isWord
        else { return nil }
        return SpokenRule.Reading(NumberWords.year(digits), tokens: 1)
    }

    private static func isArithmetic(_ token: SpokenToken) -> Bool {
        token.kind == .sign && ["+", "=", "*", "^", "<", ">", "#"].contains(token.text)
    }

    private static func cardinal(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let numeral = reader.numeral() else { return nil }
        return SpokenRule.Reading(numeral.words, tokens: numeral.tokens)
    }
}
