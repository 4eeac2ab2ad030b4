/// Shortened words in full, and whether their period also ends the sentence.
enum AbbreviationRules {
    static let all = [
        SpokenRule("e.g., U.S.", dotted),
        SpokenRule("St.", saintOrStreet),
        SpokenRule("Dr.", doctorOrDrive),
        SpokenRule("No. 5", beforeNumber),
        SpokenRule("Mr.", title),
        SpokenRule("etc.", withPeriod),
    ]

    /// Letters with a period after each: "e.g.", "a.m.", "U.S.A.", "Ph.D.".
    private static func dotted(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text.utf8.count <= 2, reader[1].isGlued("."), reader[2].glued, reader[2].isLetter else {
            return nil
        }
        var letters = [reader[0].text, reader[2].text]
        var end = 3
        while letters.count < 8, reader[end].isGlued("."), reader[end + 1].glued, reader[end + 1].isLetter {
            letters.append(reader[end + 1].text)
            end += 2
        }
        let period = reader[end].isGlued(".")
        let name = letters.joined().lowercased()
        let isKnown = dottedWords[name] != nil
        // Without its last period this is rather "x.y", unless everybody writes it so.
        guard period || isKnown, letters[0].utf8.count == 1 || name == "phd" else { return nil }
        let endsSentence =
            period && reader.startsSentence(end + 1) && (!isKnown || reader[end + 1].ends || name.hasSuffix("m"))
        let words = dottedWords[name] ?? name.uppercased().map(String.init).joined(separator: " ")
        // "U.S. Army" goes on; "in the U.S. They" does not, but only the end of the text is sure.
        let pause = endsSentence && (isKnown || reader[end + 1].ends) ? "." : ""
        return SpokenRule.Reading(words + pause, tokens: end + (period ? 1 : 0))
    }

    private static let dottedWords = [
        "eg": "for example", "ie": "that is", "am": "A M", "pm": "P M", "aka": "also known as", "phd": "P H D",
        "us": "U S",
        "usa": "U S A", "uk": "U K", "eu": "E U", "un": "U N", "bc": "B C", "ad": "A D", "ps": "P S", "dc": "D C",
        "rsvp": "R S V P",
        "mph": "miles per hour",
    ]

    /// A saint has a name after it, a street has one before it.
    private static func saintOrStreet(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text == "St" else { return nil }
        let period = reader[1].isGlued(".") ? 1 : 0
        let next = reader[1 + period]
        let hasName = next.isCapitalized && !(period == 1 && next.glued)
        let ofStreet = reader[-1].isCapitalized && !(reader[-1].text == "The" || reader[-1].text == "In")
        if hasName && !(ofStreet && period == 0) && !(ofStreet && isAddress(reader)) {
            return SpokenRule.Reading("Saint", tokens: 1 + period)
        }
        guard ofStreet || reader[-1].isWord || period == 1 else { return nil }
        return SpokenRule.Reading("Street" + pause(reader, period), tokens: 1 + period)
    }

    /// "123 Main St. Suite 4": a number not far before the name.
    private static func isAddress(_ reader: TokenReader) -> Bool { (-4 ... -2).contains { reader[$0].isNumber } }

    private static func doctorOrDrive(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard reader[0].text == "Dr" else { return nil }
        let period = reader[1].isGlued(".") ? 1 : 0
        let isDrive = reader[-1].isCapitalized && (!reader[1 + period].isCapitalized || isAddress(reader))
        return SpokenRule.Reading(isDrive ? "Drive" + pause(reader, period) : "Doctor", tokens: 1 + period)
    }

    private static func pause(_ reader: TokenReader, _ period: Int) -> String {
        period == 1 && reader.startsSentence(2) ? "." : ""
    }

    /// Short forms which mean something only before a number.
    private static func beforeNumber(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let words = numbered[reader[0].text], reader[1].isGlued("."), reader[2].isNumber else { return nil }
        return SpokenRule.Reading(words, tokens: 2)
    }

    private static let numbered = [
        "No": "number", "no": "number", "Nos": "numbers", "nos": "numbers", "p": "page", "pp": "pages", "Fig": "Figure",
        "fig": "figure", "Sec": "Section", "sec": "section", "Ch": "Chapter", "ch": "chapter", "Vol": "Volume",
        "vol": "volume",
        "Eq": "Equation", "eq": "equation", "Art": "Article", "art": "article", "Rev": "Revision", "v": "version",
        "Apt": "Apartment",
        "ca": "circa", "c": "circa",
    ]

    /// Titles stand before a name, with or without their period, and never end a sentence.
    private static func title(_ reader: TokenReader) -> SpokenRule.Reading? {
        guard let words = titles[reader[0].text] else { return nil }
        let period = reader[1].isGlued(".") ? 1 : 0
        guard reader[1 + period].isCapitalized, period == 1 || alwaysTitles.contains(reader[0].text) else { return nil }
        return SpokenRule.Reading(words, tokens: 1 + period)
    }

    private static let alwaysTitles: Set<String> = ["Mr", "Mrs", "Ms", "Prof"]
    private static let titles = [
        "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Prof": "Professor", "Gen": "General", "Col": "Colonel",
        "Capt": "Captain",
        "Lt": "Lieutenant", "Sgt": "Sergeant", "Rev": "Reverend", "Hon": "Honorable", "Gov": "Governor",
        "Sen": "Senator",
        "Rep": "Representative", "Pres": "President", "Mt": "Mount", "Ft": "Fort", "Fr": "Father", "Cmdr": "Commander",
        "Maj": "Major", "Supt": "Superintendent",
    ]

    private static func withPeriod(_ reader: TokenReader) -> SpokenRule.Reading? {
        if reader[0].text == "w", reader[1].isGlued("/") { return shorthand(reader) }
        guard reader[1].isGlued("."), !(reader[2].glued && reader[2].isWord) else { return nil }
        guard
            let words = words[reader[0].text]
                ?? words[reader[0].text.lowercased()].map({ recased($0, like: reader[0]) })
        else {
            return nil
        }
        return SpokenRule.Reading(words + pause(reader, 1), tokens: 2)
    }

    private static func recased(_ words: String, like token: SpokenToken) -> String {
        token.isCapitalized ? words.prefix(1).uppercased() + words.dropFirst() : words
    }

    /// "w/" and "w/o".
    private static func shorthand(_ reader: TokenReader) -> SpokenRule.Reading {
        reader[2].glued && reader[2].text == "o"
            ? SpokenRule.Reading("without", tokens: 3) : SpokenRule.Reading("with", tokens: 2)
    }

    private static let words = [
        "etc": "et cetera", "vs": "versus", "approx": "approximately", "ave": "avenue", "blvd": "boulevard",
        "rd": "road",
        "hwy": "highway", "inc": "incorporated", "corp": "corporation", "ltd": "limited", "co": "company",
        "jr": "junior",
        "sr": "senior", "dept": "department", "est": "established", "max": "maximum", "tel": "telephone",
        "univ": "university",
        "misc": "miscellaneous", "cf": "compare", "al": "al", "incl": "including", "excl": "excluding",
        "avg": "average",
        "govt": "government", "assn": "association", "bros": "brothers", "esp": "especially", "intl": "international",
        "ms": "Miz", "mr": "Mister", "mrs": "Missus", "prof": "professor", "viz": "namely", "resp": "respectively",
        "vol": "volume",
        "ed": "edition", "ext": "extension", "dist": "district", "Mt": "Mount", "Esq": "Esquire", "appt": "appointment",
    ]
}
