/// Money: "$3.50" → "three dollars and fifty cents", "€1.2M" → "one point two million euros".
enum CurrencyRules {
    static let startingWithSign = [SpokenRule("$3.50", signThenNumber)]
    static let startingWithWord = [SpokenRule("US$5", codeThenNumber)]

    struct Currency: Sendable {
        let one: String
        let many: String
        var cent: (one: String, many: String)?
    }

    private static let signs: [String: Currency] = [
        "$": Currency(one: "dollar", many: "dollars", cent: ("cent", "cents")),
        "€": Currency(one: "euro", many: "euros", cent: ("cent", "cents")),
        "£": Currency(one: "pound", many: "pounds", cent: ("penny", "pence")),
        "¥": Currency(one: "yen", many: "yen"),
        "₹": Currency(one: "rupee", many: "rupees", cent: ("paisa", "paise")),
        "₩": Currency(one: "won", many: "won"),
        "¢": Currency(one: "cent", many: "cents"),
    ]

    private static let codes: [String: Currency] = [
        "USD": Currency(one: "U S dollar", many: "U S dollars"), "US": Currency(one: "U S dollar", many: "U S dollars"),
        "CAD": Currency(one: "Canadian dollar", many: "Canadian dollars"),
        "CA": Currency(one: "Canadian dollar", many: "Canadian dollars"),
        "AUD": Currency(one: "Australian dollar", many: "Australian dollars"),
        "AU": Currency(one: "Australian dollar", many: "Australian dollars"),
        "EUR": Currency(one: "euro", many: "euros"), "GBP": Currency(one: "British pound", many: "British pounds"),
        "JPY": Currency(one: "Japanese yen", many: "Japanese yen"),
        "CHF": Currency(one: "Swiss franc", many: "Swiss francs"),
        "CNY": Currency(one: "Chinese yuan", many: "Chinese yuan"),
        "INR": Currency(one: "Indian rupee", many: "Indian rupees"),
        "BTC": Currency(one: "bitcoin", many: "bitcoin"),
    ]

    private static let scales = [
        "K": "thousand", "k": "thousand", "M": "million", "m": "million", "mn": "million", "MM": "million",
        "B": "billion",
        "b": "billion", "bn": "billion", "Bn": "billion", "T": "trillion", "tn": "trillion",
    ]
    private static let scaleWords: Set<String> = ["thousand", "million", "billion", "trillion", "hundred"]

    private static func signThenNumber(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let currency = signs[reader[0].text], reader[0].text != "¢" else { return nil }
        return amount(currency, reader, at: 1)
    }

    private static func codeThenNumber(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let currency = codes[reader[0].text] else { return nil }
        if reader[1].isGlued("$") { return amount(currency, reader, at: 2) }
        return reader[0].text.utf8.count == 3 && reader[1].isNumber ? amount(currency, reader, at: 1) : nil
    }

    private static func amount(_ currency: Currency, _ reader: TokenReader, at offset: Int) -> SpokenRule.Reading? {
        guard let numeral = reader.numeral(at: offset) else { return nil }
        var end = offset + numeral.tokens
        var words = numeral.words
        var isOne = numeral.isOne
        // "$5-10" and "$5-$10" name the currency once.
        if reader[end].isGlued("-") {
            let second = reader[end + 1].text == reader[0].text ? end + 2 : end + 1
            if reader[second].glued, let upper = reader.numeral(at: second) {
                words += " to " + upper.words
                end = second + upper.tokens
                isOne = false
            }
        }
        // "a $5 bill": before another word it is an adjective, without a plural.
        let follows = end + (scale(reader, at: end) == nil ? 0 : 1)
        let isAdjective =
            ["a", "an", "A", "An"].contains(reader[-1].text) && reader[follows].isWord && !reader[follows].glued
            && numeral.fraction == nil
        if let scale = scale(reader, at: end) {
            let name = isAdjective ? currency.one : currency.many
            return SpokenRule.Reading("\(words) \(scale) \(name)", tokens: end + 1 + code(reader, at: end + 1))
        }
        end += code(reader, at: end)
        if end == offset + numeral.tokens, let coins = coins(currency, numeral) {
            return SpokenRule.Reading(coins, tokens: end)
        }
        return SpokenRule.Reading(words + " " + (isOne || isAdjective ? currency.one : currency.many), tokens: end)
    }

    private static func scale(_ reader: TokenReader, at offset: Int) -> String? {
        let token = reader[offset]
        if token.glued { return scales[token.text] }
        return scaleWords.contains(token.text) ? token.text : nil
    }

    /// The "USD" of "$5 USD" adds nothing.
    private static func code(_ reader: TokenReader, at offset: Int) -> Int { reader[offset].text == "USD" ? 1 : 0 }

    /// "3.50" → "three dollars and fifty cents"; nil when the decimals are no coins.
    private static func coins(_ currency: Currency, _ numeral: Numeral) -> String? {
        guard let cent = currency.cent, let fraction = numeral.fraction, fraction.utf8.count == 2,
            let coins = Int(fraction)
        else { return nil }
        let small = NumberWords.cardinal(coins) + " " + (coins == 1 ? cent.one : cent.many)
        let whole = NumberWords.cardinal(numeral.whole) + " " + (numeral.whole == "1" ? currency.one : currency.many)
        if coins == 0 { return whole }
        return numeral.whole == "0" || numeral.whole.isEmpty ? small : "\(whole) and \(small)"
    }

    /// "20 €", "50¢", "5 USD", "$" after the number.
    static func afterNumber(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let numeral = reader.numeral() else { return nil }
        let mark = reader[numeral.tokens]
        let currency: Currency
        if let sign = signs[mark.text], mark.glued || mark.text != "$" {
            // "5 €20" belongs to the number after it.
            guard !(reader[numeral.tokens + 1].isNumber && reader[numeral.tokens + 1].glued) else { return nil }
            currency = sign
        } else if let code = codes[mark.text], mark.text.utf8.count == 3 {
            currency = code
        } else {
            return nil
        }
        if let coins = coins(currency, numeral) { return SpokenRule.Reading(coins, tokens: numeral.tokens + 1) }
        let name = numeral.isOne ? currency.one : currency.many
        return SpokenRule.Reading(numeral.words + " " + name, tokens: numeral.tokens + 1)
    }
}
