/// Measures: "5 km", "72°F", "100 km/h", "10%".
enum UnitRules {
    static func quantity(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let numeral = reader.numeral(), var unit = unit(reader, at: numeral.tokens, isOne: numeral.isOne) else {
            return nil
        }
        // "a 5 km run": before another word it is an adjective, without a plural.
        let next = reader[numeral.tokens + unit.tokens]
        if ["a", "an", "A", "An"].contains(reader[-1].text), next.isWord, !next.glued,
            let single = self.unit(reader, at: numeral.tokens, isOne: true)
        {
            unit = single
        }
        return SpokenRule.Reading(numeral.words + " " + unit.words, tokens: numeral.tokens + unit.tokens)
    }

    /// "1/2 km" is half of one kilometer, "2 1/2 km" are more than one.
    static func afterFraction(_ reader: TokenReader, at offset: Int, isOne: Bool) -> (words: String, tokens: Int) {
        unit(reader, at: offset, isOne: isOne).map { (" " + $0.words, $0.tokens) } ?? ("", 0)
    }

    private static func unit(_ reader: TokenReader, at offset: Int, isOne: Bool) -> (words: String, tokens: Int)? {
        let token = reader[offset]
        if token.isSign("%") { return ("percent", 1) }
        if token.isSign("°") { return degrees(reader, at: offset, isOne: isOne) }
        guard token.isWord, let unit = UnitNames.unit(token.text), token.glued || UnitNames.isClear(token.text) else {
            return nil
        }
        // "5 m.p.h" and "3.5 in.txt" are something else.
        guard !(reader[offset + 1].isGlued(".") && reader[offset + 2].glued && reader[offset + 2].isWord) else {
            return nil
        }
        var words = isOne ? unit.one : unit.many
        var tokens = 1
        if reader[offset + 1].isGlued("^"), let power = ["2": "square ", "3": "cubic "][reader[offset + 2].text] {
            words = power + words
            tokens = 3
        }
        if reader[offset + tokens].isGlued("/"), reader[offset + tokens + 1].isWord,
            let per = UnitNames.unit(reader[offset + tokens + 1].text)
        {
            words += " per " + per.one
            tokens += 2
            if reader[offset + tokens].isGlued("^"), reader[offset + tokens + 1].text == "2" {
                words += " squared"
                tokens += 2
            }
        }
        if ["ft", "in", "oz", "lb", "lbs", "min", "sec", "hr", "hrs", "yd", "tsp", "tbsp"].contains(token.text),
            reader[offset + tokens].isGlued(".")
        {
            words += reader.startsSentence(offset + tokens + 1) ? "." : ""
            tokens += 1
        }
        return (words, tokens)
    }

    private static func degrees(_ reader: TokenReader, at offset: Int, isOne: Bool) -> (words: String, tokens: Int) {
        let degrees = isOne ? "degree" : "degrees"
        let scales = ["C": "Celsius", "F": "Fahrenheit", "K": "Kelvin"]
        guard let scale = scales[reader[offset + 1].text], reader[offset + 1].isWord else { return (degrees, 1) }
        return (degrees + " " + scale, 2)
    }
}

/// The units a number can carry, by their symbol.
enum UnitNames {
    static func unit(_ symbol: String) -> (one: String, many: String)? {
        guard let one = names[symbol] ?? names[symbol.uppercased()].flatMap({ symbol.utf8.count == 2 ? $0 : nil })
        else { return nil }
        return (one, plural(one))
    }

    /// A symbol one takes for a unit even after a space. "5 in" or "5 s" may be ordinary words.
    static func isClear(_ symbol: String) -> Bool { !unclear.contains(symbol) }

    private static let unclear: Set<String> = [
        "in", "s", "A", "K", "M", "B", "T", "k", "b", "d", "N", "J", "F", "t", "c", "mi", "hr",
    ]

    private static func plural(_ one: String) -> String {
        if let irregular = irregular[one] { return irregular }
        // "kilobit per second": the first word takes the plural.
        guard let cut = one.firstIndex(of: " "), one[cut...].hasPrefix(" per ") else { return one + "s" }
        return one[..<cut] + "s" + one[cut...]
    }

    private static let irregular = [
        "foot": "feet", "inch": "inches", "hertz": "hertz", "kilohertz": "kilohertz", "megahertz": "megahertz",
        "gigahertz": "gigahertz", "mile per hour": "miles per hour", "F P S": "F P S", "R P M": "R P M",
        "D P I": "D P I",
        "P S I": "P S I",
    ]

    private static let names: [String: String] = [
        "km": "kilometer", "m": "meter", "cm": "centimeter", "mm": "millimeter", "um": "micrometer", "nm": "nanometer",
        "ft": "foot", "in": "inch", "yd": "yard", "mi": "mile", "kg": "kilogram", "g": "gram", "mg": "milligram",
        "lb": "pound", "lbs": "pound", "oz": "ounce", "t": "ton", "l": "liter", "L": "liter", "ml": "milliliter",
        "mL": "milliliter", "cl": "centiliter", "dl": "deciliter", "gal": "gallon", "mph": "mile per hour",
        "kph": "kilometer per hour", "kmh": "kilometer per hour", "ms": "millisecond", "us": "microsecond",
        "ns": "nanosecond",
        "s": "second", "sec": "second", "secs": "second", "min": "minute", "mins": "minute", "h": "hour", "hr": "hour",
        "hrs": "hour", "d": "day", "KB": "kilobyte", "MB": "megabyte", "GB": "gigabyte", "TB": "terabyte",
        "PB": "petabyte",
        "KiB": "kibibyte", "MiB": "mebibyte", "GiB": "gibibyte", "Kb": "kilobit", "Mb": "megabit", "Gb": "gigabit",
        "kbps": "kilobit per second", "Kbps": "kilobit per second", "Mbps": "megabit per second",
        "Gbps": "gigabit per second", "Hz": "hertz", "kHz": "kilohertz", "MHz": "megahertz", "GHz": "gigahertz",
        "V": "volt",
        "mV": "millivolt", "kV": "kilovolt", "A": "amp", "mA": "milliamp", "mAh": "milliamp hour", "W": "watt",
        "kW": "kilowatt",
        "MW": "megawatt", "kWh": "kilowatt hour", "J": "joule", "kJ": "kilojoule", "N": "newton", "Pa": "pascal",
        "kPa": "kilopascal", "cal": "calorie", "kcal": "kilocalorie", "dB": "decibel", "px": "pixel", "fps": "F P S",
        "rpm": "R P M", "dpi": "D P I", "psi": "P S I", "pt": "point", "ha": "hectare", "yr": "year", "yrs": "year",
        "wk": "week", "mo": "month", "tsp": "teaspoon", "tbsp": "tablespoon",
    ]
}
