/// Numbers in words, from their digits: no number is too long.
enum NumberWords {
    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    private static let scales = ["", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion"]

    /// "1234567" → "one million two hundred thirty-four thousand five hundred sixty-seven". Codes ("007") and what has no
    /// everyday name (beyond quintillions) are read digit by digit.
    static func cardinal(_ digits: String) -> String {
        let values = digits.utf8.compactMap { (48...57).contains($0) ? Int($0 - 48) : nil }
        guard !values.isEmpty, values.count <= 21, values.count == 1 || values[0] != 0 else {
            return self.digits(digits)
        }
        if values == [0] { return small[0] }
        var words: [String] = []
        var rest = values[...]
        while !rest.isEmpty {
            let scale = (rest.count - 1) / 3
            let group = rest.prefix(rest.count - scale * 3).reduce(0) { $0 * 10 + $1 }
            rest = rest.suffix(scale * 3)
            guard group > 0 else { continue }
            words.append(belowThousand(group))
            if scale > 0 { words.append(scales[scale]) }
        }
        return words.joined(separator: " ")
    }

    static func cardinal(_ value: Int) -> String { cardinal(String(value.magnitude)) }

    private static func belowThousand(_ value: Int) -> String {
        let hundreds = value / 100
        let rest = value % 100
        guard hundreds > 0 else { return belowHundred(rest) }
        return small[hundreds] + " hundred" + (rest > 0 ? " " + belowHundred(rest) : "")
    }

    private static func belowHundred(_ value: Int) -> String {
        guard value >= 20 else { return small[value] }
        return tens[value / 10] + (value % 10 > 0 ? "-" + small[value % 10] : "")
    }

    static func ordinal(_ digits: String) -> String { lastWord(of: cardinal(digits), ordinalOfWord) }

    private static func ordinalOfWord(_ word: String) -> String {
        if let irregular = irregularOrdinals[word] { return irregular }
        return word.hasSuffix("y") ? word.dropLast() + "ieth" : word + "th"
    }

    private static let irregularOrdinals = [
        "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
        "twelve": "twelfth",
    ]

    /// "nineteen ninety" → "nineteen nineties".
    static func plural(_ words: String) -> String {
        lastWord(of: words) { $0.hasSuffix("y") ? $0.dropLast() + "ies" : $0.hasSuffix("x") ? $0 + "es" : $0 + "s" }
    }

    private static func lastWord(of words: String, _ change: (String) -> String) -> String {
        guard let cut = words.lastIndex(where: { $0 == " " || $0 == "-" }) else { return change(words) }
        return words[...cut] + change(String(words[words.index(after: cut)...]))
    }

    /// "1905" → "nineteen oh five", "2005" → "two thousand five", "2026" → "twenty twenty-six".
    static func year(_ digits: String) -> String {
        guard digits.utf8.count == 4, let value = Int(digits), value >= 1000 else { return cardinal(digits) }
        let century = value / 100
        let rest = value % 100
        if century % 10 == 0 && rest < 10 { return cardinal(value) }
        if rest == 0 { return belowHundred(century) + " hundred" }
        return belowHundred(century) + (rest < 10 ? " oh " : " ") + belowHundred(rest)
    }

    /// "0199" → "zero one nine nine".
    static func digits(_ digits: String) -> String {
        digits.utf8.compactMap { (48...57).contains($0) ? small[Int($0 - 48)] : nil }.joined(separator: " ")
    }

    /// "12" → "twelve", "05" → "oh five", "00" → "hundred": the minutes of a time.
    static func minutes(_ digits: String) -> String {
        guard digits.utf8.first == UInt8(ascii: "0"), let value = Int(digits) else { return cardinal(digits) }
        return value == 0 ? "hundred" : "oh " + small[min(value, 9)]
    }

    /// 1/2 → "one half", 3/4 → "three quarters", 5/8 → "five eighths"; others say "over".
    static func fraction(_ over: String, _ under: String) -> String {
        let count = cardinal(over)
        let one = over == "1"
        switch under {
        case "2": return count + (one ? " half" : " halves")
        case "4": return count + (one ? " quarter" : " quarters")
        default:
            guard let parts = Int(under), parts > 2, parts <= 20 || [32, 64, 100, 1000].contains(parts),
                over.utf8.count < 4,
                under.utf8.first != UInt8(ascii: "0"), Int(over) ?? 0 < parts
            else { return count + " over " + cardinal(under) }
            return count + " " + (one ? ordinal(under) : plural(ordinal(under)))
        }
    }
}
