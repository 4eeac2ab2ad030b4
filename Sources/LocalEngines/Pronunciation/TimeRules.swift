/// Times of day: "three fifteen P M", "seven o'clock".
enum TimeRules {
    static let all = [
        SpokenRule("3:15 pm", clock),
        SpokenRule("9 AM", hour),
    ]

    private static func clock(_ reader: TokenReader) -> SpokenRule.Reading? {
        let parts = reader.numbers(by: ":")
        guard parts.count == 2 || parts.count == 3, parts[0].utf8.count <= 2, let hour = Int(parts[0]) else {
            return nil
        }
        guard parts[1].utf8.count == 2, hour <= 24, parts.dropFirst().allSatisfy({ isSixtieth($0) }) else {
            return parts.count == 2 ? ratio(parts) : nil
        }
        let tokens = parts.count * 2 - 1
        let half = halfOfDay(reader, at: tokens)
        var spoken: String
        switch (parts[1], half) {
        case ("00", .some): spoken = NumberWords.cardinal(hour)
        case ("00", nil) where hour == 0: spoken = "midnight"
        case ("00", nil) where hour <= 12: spoken = NumberWords.cardinal(hour) + " o'clock"
        default: spoken = NumberWords.cardinal(hour) + " " + NumberWords.minutes(parts[1])
        }
        if parts.count == 3, let seconds = Int(parts[2]), seconds > 0 {
            spoken += " and \(NumberWords.cardinal(seconds)) second" + (seconds == 1 ? "" : "s")
        }
        guard let half else { return SpokenRule.Reading(spoken, tokens: tokens + zone(reader, at: tokens)) }
        return SpokenRule.Reading(spoken + " " + half.words, tokens: tokens + half.tokens)
    }

    private static func isSixtieth(_ digits: String) -> Bool { digits.utf8.count == 2 && (Int(digits) ?? 99) < 60 }

    /// The "Z" of 15:30:00Z.
    private static func zone(_ reader: TokenReader, at offset: Int) -> Int {
        reader[offset].glued && reader[offset].text == "Z" ? 1 : 0
    }

    /// "16:9".
    private static func ratio(_ parts: [String]) -> SpokenRule.Reading? {
        guard parts[1].utf8.count <= 3 else { return nil }
        return SpokenRule.Reading("\(NumberWords.cardinal(parts[0])) to \(NumberWords.cardinal(parts[1]))", tokens: 3)
    }

    private static func hour(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let hour = Int(reader[0].text), (1...12).contains(hour), let half = halfOfDay(reader, at: 1) else {
            return nil
        }
        return SpokenRule.Reading(NumberWords.cardinal(hour) + " " + half.words, tokens: 1 + half.tokens)
    }

    /// "pm", "P.M.", "a.m." after a number. The last period also ends the sentence when nothing follows.
    private static func halfOfDay(_ reader: TokenReader, at offset: Int) -> (words: String, tokens: Int)? {
        let first = reader[offset].text
        switch first {
        case "am", "AM", "Am": return ("A M", 1)
        case "pm", "PM", "Pm": return ("P M", 1)
        case "a", "A", "p", "P":
            guard reader[offset + 1].isGlued("."), reader[offset + 2].glued,
                ["m", "M"].contains(reader[offset + 2].text)
            else {
                return nil
            }
            let period = reader[offset + 3].isGlued(".") ? 1 : 0
            let pause = period == 1 && reader.startsSentence(offset + 4) ? "." : ""
            return ("\(first.uppercased()) M\(pause)", 3 + period)
        default: return nil
        }
    }
}
