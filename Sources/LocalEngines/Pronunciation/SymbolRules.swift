/// Signs: those that shape the sentence are kept, those with a name are named, the others are silent.
enum SymbolRules {
    static let all = [
        SpokenRule(". , ! ? ; :", pause),
        SpokenRule(".5", decimal),
        SpokenRule("'cause", apostrophe),
        SpokenRule("- between words or numbers", hyphen),
        SpokenRule("( )", bracket),
        SpokenRule(">= and other pairs", pair),
        SpokenRule("/", slash),
        SpokenRule("^", power),
        SpokenRule("* and ~", byPosition),
        SpokenRule("& + = %", named),
    ]

    private static func pause(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard [".", ",", "!", "?", ";", ":"].contains(reader[0].text) else { return nil }
        let next = reader[1]
        if reader[0].text == ".", next.isNumber, next.glued { return nil }
        if reader[0].text == ".", next.isGlued(".") { return ellipsis(reader) }
        if reader[0].text == "!", next.isGlued("=") { return nil }
        if reader[0].text == ":", reader[0].glued, next.glued, next.isWord || next.isNumber {
            return SpokenRule.Reading(",", tokens: 1)
        }
        return SpokenRule.Reading(reader[0].text, tokens: 1)
    }

    /// "Wait... what" goes on after a short pause, "Wait... What" after a long one.
    private static func ellipsis(_ reader: TokenReader) -> SpokenRule.Reading {
        var dots = 2
        while reader[dots].isGlued("."), dots < 8 { dots += 1 }
        let goesOn = reader[dots].isWord && !reader[dots].isCapitalized && !reader[dots].glued
        return SpokenRule.Reading(goesOn ? "," : ".", tokens: dots)
    }

    private static func decimal(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text == "." else { return nil }
        if reader[-1].isNumber || reader[-1].isWord, reader[0].glued { return SpokenRule.Reading("point", tokens: 1) }
        guard let numeral = reader.numeral() else { return nil }
        // ".5 km": the rules for numbers only know numbers which start with a digit.
        if reader[2].isSign("%") { return SpokenRule.Reading(numeral.words + " percent", tokens: 3) }
        return SpokenRule.Reading(numeral.words, tokens: numeral.tokens)
    }

    private static let openingApostrophe: Set<String> = [
        "cause", "em", "tis", "twas", "til", "bout", "cept", "fraid", "neath", "gainst", "round", "n",
    ]

    private static func apostrophe(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text == "'" else { return nil }
        guard reader[1].glued, openingApostrophe.contains(reader[1].text.lowercased()), !reader[2].isGlued("'") else {
            return SpokenRule.Reading("", tokens: 1)
        }
        return SpokenRule.Reading("'" + reader[1].text, tokens: 2)
    }

    private static func hyphen(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text == "-" else { return nil }
        var dashes = 1
        while reader[dashes].isGlued("-"), dashes < 8 { dashes += 1 }
        let next = reader[dashes]
        let previous = reader[-1]
        if next.isGlued(">") { return SpokenRule.Reading("to", tokens: dashes + 1) }
        if dashes > 1 {
            return SpokenRule.Reading(
                reader[0].glued || !next.glued || !next.isWord ? "," : "dash dash", tokens: dashes)
        }
        if reader[0].glued, next.glued {
            if previous.isWord, next.isWord, isHyphenable(previous), isHyphenable(next) { return .joined(tokens: 1) }
            if previous.isSign("^"), next.isNumber { return SpokenRule.Reading("minus", tokens: 1) }
            let afterNumber = previous.isNumber || isQuantitySign(previous) || reader[-2].isNumber
            if next.isNumber || next.isSign("$"), afterNumber {
                return SpokenRule.Reading(reader[-2].text == "between" ? "and" : "to", tokens: 1)
            }
            return SpokenRule.Reading("", tokens: 1)
        }
        let startsNumber =
            next.isNumber || (isQuantitySign(next) && reader[2].isNumber) || (next.isSign(".") && reader[2].isNumber)
        if next.glued, startsNumber { return SpokenRule.Reading("minus", tokens: 1) }
        if !reader[0].glued, !next.glued {
            let isDifference = (previous.isNumber || previous.isLetter) && (next.isNumber || next.isLetter)
            return SpokenRule.Reading(isDifference ? "minus" : ",", tokens: 1)
        }
        if reader[0].glued, previous.isLetter, previous.isCapitalized { return SpokenRule.Reading("minus", tokens: 1) }
        // "pre- and postwar", "--help".
        return SpokenRule.Reading("", tokens: 1)
    }

    /// What other rules spell or split does not go together with a hyphen.
    private static func isHyphenable(_ token: SpokenToken) -> Bool {
        !token.isAllCaps && WordRules.identifier(token.text) == nil
    }

    private static func isQuantitySign(_ token: SpokenToken) -> Bool {
        token.kind == .sign && ["$", "€", "£", "¥", "%", "°", "¢"].contains(token.text)
    }

    /// A remark in brackets is set off by pauses; those of a call or a plural ("f(x)", "word(s)") are silent.
    private static func bracket(_ reader: TokenReader) -> SpokenRule.Reading? {
        switch reader[0].text {
        case "(": SpokenRule.Reading(reader[0].glued ? "" : ",", tokens: 1)
        case ")": SpokenRule.Reading(reader[1].isWord && !reader[1].glued && reader[-1].isWord ? "," : "", tokens: 1)
        case "[", "]", "{", "}", "\"", "`", "|", "_": SpokenRule.Reading("", tokens: 1)
        default: nil
        }
    }

    private static func pair(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[1].glued, let words = pairs[reader[0].text + reader[1].text] else { return nil }
        return SpokenRule.Reading(words, tokens: 2)
    }

    private static let pairs = [
        "<=": "less than or equal to", ">=": "greater than or equal to", "!=": "not equal to", "==": "equals",
        "=>": "to",
        "&&": "and", "||": "or", "+=": "plus equals", "<-": "from",
    ]

    private static func slash(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text == "/" else { return nil }
        let previous = reader[-1]
        let next = reader[1]
        guard !next.ends, previous.isWord || previous.isNumber || previous.isSign(")") else {
            return SpokenRule.Reading("", tokens: 1)
        }
        if previous.isNumber || reader[-2].isNumber || isQuantitySign(reader[-2]) {
            if next.isWord {
                guard let unit = UnitNames.unit(next.text) else { return SpokenRule.Reading("per", tokens: 1) }
                return SpokenRule.Reading("per " + unit.one, tokens: 2)
            }
            if previous.isNumber { return SpokenRule.Reading("divided by", tokens: 1) }
        }
        let words = [previous.text.lowercased(), next.text.lowercased()]
        if words == ["and", "or"] || words == ["tcp", "ip"] { return SpokenRule.Reading("", tokens: 1) }
        if alternatives.contains(words) { return SpokenRule.Reading("or", tokens: 1) }
        return SpokenRule.Reading("slash", tokens: 1)
    }

    private static let alternatives = [
        ["he", "she"], ["she", "he"], ["his", "her"], ["him", "her"], ["her", "his"], ["yes", "no"], ["true", "false"],
        ["either", "or"],
    ]

    private static func power(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text == "^" else { return nil }
        guard reader[0].glued, reader[-1].isWord || reader[-1].isNumber || reader[-1].isSign(")") else {
            return SpokenRule.Reading("", tokens: 1)
        }
        if reader[1].isNumber, let name = ["2": "squared", "3": "cubed"][reader[1].text] {
            return SpokenRule.Reading(name, tokens: 2)
        }
        return SpokenRule.Reading(reader[1].glued ? "to the power of" : "", tokens: 1)
    }

    /// An asterisk multiplies between numbers; a tilde before a number means "about". Elsewhere both are decoration.
    private static func byPosition(_ reader: TokenReader) -> SpokenRule.Reading? {
        switch reader[0].text {
        case "*":
            let previous = reader[-1]
            let factors =
                (previous.isNumber || previous.isLetter || previous.isSign(")"))
                && (reader[1].isNumber || reader[1].isLetter || reader[1].isSign("("))
            if reader[1].isGlued("*"), previous.isNumber, reader[2].isNumber {
                return SpokenRule.Reading("to the power of", tokens: 2)
            }
            return SpokenRule.Reading(factors && reader[0].glued == reader[1].glued ? "times" : "", tokens: 1)
        case "~":
            let next = reader[1].isNumber || isQuantitySign(reader[1])
            return SpokenRule.Reading(next && !reader[0].glued ? "about" : "", tokens: 1)
        default: return nil
        }
    }

    private static func named(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let words = names[reader[0].text] else { return nil }
        if ["<", ">", "=", "#"].contains(reader[0].text), reader[-1].ends || reader[1].ends {
            return SpokenRule.Reading("", tokens: 1)
        }
        // "Settings > Privacy" is a way through menus.
        if reader[0].text == ">", reader[-1].isWord, reader[1].isWord, !reader[-1].isLetter, !reader[1].isLetter {
            return SpokenRule.Reading(",", tokens: 1)
        }
        return SpokenRule.Reading(words, tokens: 1)
    }

    private static let names = [
        "&": "and", "+": "plus", "=": "equals", "%": "percent", "@": "at", "#": "hash", "<": "less than",
        ">": "greater than",
        "°": "degrees", "\\": "backslash", "$": "dollars", "€": "euros", "£": "pounds", "¥": "yen", "¢": "cents",
    ]
}
