/// Dates as Americans say them: "November twenty-second, twenty twenty-six".
enum DateRules {
    static let startingWithNumber = [
        SpokenRule("2026-11-22", isoDate),
        SpokenRule("11/22/2026", slashedDate),
        SpokenRule("3 May 2024", dayThenMonth),
    ]
    static let startingWithWord = [
        SpokenRule("Nov. 22, 2026", monthThenDay),
        SpokenRule("Mon.", weekday),
    ]

    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    private static let shortMonths = [
        "Jan": 1, "Feb": 2, "Mar": 3, "Apr": 4, "Jun": 6, "Jul": 7, "Aug": 8, "Sep": 9, "Sept": 9, "Oct": 10, "Nov": 11,
        "Dec": 12,
    ]
    private static let shortDays = [
        "Mon": "Monday", "Tue": "Tuesday", "Tues": "Tuesday", "Wed": "Wednesday", "Thu": "Thursday", "Thur": "Thursday",
        "Thurs": "Thursday", "Fri": "Friday", "Sat": "Saturday", "Sun": "Sunday",
    ]
    private static let ordinalEndings: Set<String> = ["st", "nd", "rd", "th"]

    private static func isoDate(_ reader: TokenReader) -> SpokenRule.Reading? {
        let parts = reader.numbers(by: "-")
        guard parts.count == 3, parts[0].utf8.count == 4, let day = date(year: parts[0], month: parts[1], day: parts[2])
        else {
            return nil
        }
        // The "T" of 2026-11-22T15:30:00Z is a separator, not a word.
        if reader[5].glued, ["T", "t"].contains(reader[5].text), reader[6].isNumber {
            return SpokenRule.Reading(day + ",", tokens: 6)
        }
        return SpokenRule.Reading(day, tokens: 5)
    }

    private static func slashedDate(_ reader: TokenReader) -> SpokenRule.Reading? {
        let slashed = reader.numbers(by: "/")
        if slashed.count == 3, slashed[0].utf8.count == 4 {
            return date(year: slashed[0], month: slashed[1], day: slashed[2]).map { SpokenRule.Reading($0, tokens: 5) }
        }
        if slashed.count == 3, [2, 4].contains(slashed[2].utf8.count) {
            let year = slashed[2].utf8.count == 2 ? "20" + slashed[2] : slashed[2]
            let day =
                date(year: year, month: slashed[0], day: slashed[1])
                ?? date(year: year, month: slashed[1], day: slashed[0])
            return day.map { SpokenRule.Reading($0, tokens: 5) }
        }
        let dotted = reader.numbers(by: ".")
        guard dotted.count == 3, dotted[2].utf8.count == 4, dotted[1].utf8.count <= 2 else { return nil }
        return date(year: dotted[2], month: dotted[1], day: dotted[0]).map { SpokenRule.Reading($0, tokens: 5) }
    }

    private static func date(year: String, month: String, day: String) -> String? {
        guard let monthNumber = Int(month), (1...12).contains(monthNumber), let dayNumber = Int(day),
            (1...31).contains(dayNumber)
        else { return nil }
        return "\(months[monthNumber - 1]) \(NumberWords.ordinal(String(dayNumber))), \(NumberWords.year(year))"
    }

    /// "3 May 2024", "3rd of May" is left to the ordinals.
    private static func dayThenMonth(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let day = dayOfMonth(reader[0]) else { return nil }
        let ending = reader[1].glued && ordinalEndings.contains(reader[1].text.lowercased()) ? 1 : 0
        guard !reader[1 + ending].glued, let month = month(reader, at: 1 + ending) else { return nil }
        let article = ["the", "The"].contains(reader[-1].text) ? "" : "the "
        let spoken = "\(article)\(NumberWords.ordinal(String(day))) of \(month.name)"
        return withYear(spoken, reader, tokens: 1 + ending + month.tokens)
    }

    private static func monthThenDay(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let month = month(reader, at: 0) else { return nil }
        let number = reader[month.tokens]
        guard number.isNumber, !number.glued else {
            return month.tokens == 2 ? SpokenRule.Reading(month.name + (reader[2].ends ? "." : ""), tokens: 2) : nil
        }
        if let day = dayOfMonth(number), !isLongerNumber(reader, after: month.tokens) {
            let next = reader[month.tokens + 1]
            let ending = next.glued && ordinalEndings.contains(next.text.lowercased()) ? 1 : 0
            return withYear(
                "\(month.name) \(NumberWords.ordinal(String(day)))", reader, tokens: month.tokens + 1 + ending)
        }
        guard number.text.utf8.count == 4 else { return nil }
        return SpokenRule.Reading("\(month.name) \(NumberWords.year(number.text))", tokens: month.tokens + 1)
    }

    /// "May 5.5" or "May 15:30" is no day of May.
    private static func isLongerNumber(_ reader: TokenReader, after offset: Int) -> Bool {
        let sign = reader[offset + 1]
        return (sign.isGlued(".") || sign.isGlued(":")) && reader[offset + 2].glued && reader[offset + 2].isNumber
    }

    private static func withYear(_ spoken: String, _ reader: TokenReader, tokens: Int) -> SpokenRule.Reading {
        let comma = reader[tokens].isSign(",") ? 1 : 0
        let year = reader[tokens + comma]
        guard year.isNumber, year.text.utf8.count == 4, !year.glued, !reader[tokens + comma + 1].isGlued("-") else {
            return SpokenRule.Reading(spoken, tokens: tokens)
        }
        return SpokenRule.Reading("\(spoken), \(NumberWords.year(year.text))", tokens: tokens + comma + 1)
    }

    private static func dayOfMonth(_ token: SpokenToken) -> Int? {
        guard token.isNumber, token.text.utf8.count <= 2, let day = Int(token.text), (1...31).contains(day) else {
            return nil
        }
        return day
    }

    private static func month(_ reader: TokenReader, at offset: Int) -> (name: String, tokens: Int)? {
        let token = reader[offset]
        if token.isWord, token.isCapitalized, months.contains(token.text) { return (token.text, 1) }
        guard let number = shortMonths[token.text] else { return nil }
        if reader[offset + 1].isGlued("."), !(reader[offset + 2].glued && reader[offset + 2].isWord) {
            return (months[number - 1], 2)
        }
        let isDate = offset > 0 || (reader[offset + 1].isNumber && !reader[offset + 1].glued)
        return isDate ? (months[number - 1], 1) : nil
    }

    /// "Sat." and "Sun." end sentences as words of their own, so they need something after them.
    private static func weekday(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let day = shortDays[reader[0].text] else { return nil }
        if reader[1].isGlued("-"), shortDays[reader[2].text] != nil {
            return SpokenRule.Reading(day + " to", tokens: 2)
        }
        if reader[-1].isGlued("-"), shortDays[reader[-2].text] != nil {
            return SpokenRule.Reading(day, tokens: 1)
        }
        if reader[1].isGlued(".") {
            let isName =
                ["Sat", "Sun"].contains(reader[0].text) && (reader[2].ends || !reader[2].isSign(","))
                && !reader[2].isNumber
            return isName ? nil : SpokenRule.Reading(day + (reader[2].ends ? "." : ""), tokens: 2)
        }
        let next = reader[1].isSign(",") ? reader[2] : reader[1]
        return shortMonths[next.text] != nil || months.contains(next.text) ? SpokenRule.Reading(day, tokens: 1) : nil
    }
}
