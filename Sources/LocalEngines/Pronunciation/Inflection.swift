/// Words made of a word of the dictionary and an ending or a prefix.
enum Inflection {
    static func phonemes(_ word: String, stem: (String) -> String?) -> String? {
        guard word.utf8.count > 2, word.utf8.count <= 40 else { return nil }
        return contraction(word, stem) ?? suffixed(word, stem) ?? prefixed(word, stem)
    }

    private static func contraction(_ word: String, _ stem: (String) -> String?) -> String? {
        guard let cut = word.lastIndex(of: "'") else { return nil }
        let base = String(word[..<cut])
        let sound = base.utf8.count == 1 ? stem(base.uppercased()) : stem(base) ?? suffixed(base, stem)
        guard let sound else {
            return base.contains("'") ? nil : spelled(base).map { $0 + (endings[String(word[cut...])] ?? "") }
        }
        switch word[cut...] {
        case "'s": return sound + sibilant(after: sound)
        case "'d": return sound + ("td".contains(sound.last ?? " ") ? "ᵻd" : "d")
        default: return endings[String(word[cut...])].map { sound + $0 } ?? sound
        }
    }

    private static let endings = ["'s": "z", "'d": "d", "'ll": "əl", "'ve": "əv", "'re": "əɹ", "'m": "m"]

    private static func spelled(_ base: String) -> String? {
        base.utf8.count > 1 ? LetterToSound.phonemes(base.utf8.filter { (97...122).contains($0) }) : nil
    }

    /// "z" after a voiced sound, "s" after a voiceless one, a syllable after a hissing one.
    private static func sibilant(after sound: String) -> String {
        guard let last = sound.last else { return "z" }
        return "szʃʒʧʤ".contains(last) ? "ᵻz" : "ptkfθ".contains(last) ? "s" : "z"
    }

    private static func past(after sound: String) -> String {
        guard let last = sound.last else { return "d" }
        return "td".contains(last) ? "ᵻd" : "pkfθsʃʧ".contains(last) ? "t" : "d"
    }

    private struct Suffix: Sendable {
        let letters: String
        let sound: @Sendable (String) -> String
        init(_ letters: String, _ sound: @escaping @Sendable (String) -> String) {
            self.letters = letters
            self.sound = sound
        }
        init(_ letters: String, _ sound: String) { self.init(letters) { _ in sound } }
    }

    private static let suffixes = [
        Suffix("s", sibilant), Suffix("ed", past), Suffix("ings", "ɪŋz"), Suffix("ing", "ɪŋ"), Suffix("ers", "əɹz"),
        Suffix("er", "əɹ"), Suffix("est", "ᵻst"), Suffix("ly", "li"), Suffix("ness", "nəs"), Suffix("less", "ləs"),
        Suffix("ful", "fᵊl"), Suffix("able", "əbᵊl"), Suffix("ish", "ɪʃ"), Suffix("ment", "mənt"),
        Suffix("ments", "mənts"),
        Suffix("like", "lˌIk"), Suffix("wise", "wˌIz"), Suffix("ism", "ˌɪzəm"), Suffix("ist", "ɪst"),
        Suffix("ists", "ɪsts"),
        Suffix("y", "i"), Suffix("in'", "ɪn"), Suffix("ship", "ʃˌɪp"), Suffix("hood", "hˌʊd"), Suffix("ize", "Iz"),
    ]

    private static func suffixed(_ word: String, _ stem: (String) -> String?) -> String? {
        for suffix in suffixes where word.hasSuffix(suffix.letters) {
            let base = String(word.dropLast(suffix.letters.count))
            guard base.utf8.count > 1, !(suffix.letters == "s" && base.hasSuffix("s")) else { continue }
            for candidate in stems(of: base, before: suffix.letters) {
                if candidate.utf8.count > 2, let sound = stem(candidate) { return sound + suffix.sound(sound) }
            }
        }
        return nil
    }

    /// How the word may have been written before its ending: "mak(e)", "happ(y)", "run(n)".
    private static func stems(of base: String, before suffix: String) -> [String] {
        let startsWithVowel = suffix.utf8.first.map { "aeiouy".utf8.contains($0) } ?? false
        var stems: [String] = []
        if startsWithVowel {
            let last = Array(base.utf8.suffix(2))
            if last.count == 2, last[0] == last[1], !"lsz".utf8.contains(last[0]) {
                stems.append(String(base.dropLast()))
            }
            stems += [base, base + "e"]
            if last.count == 2, last[0] == last[1] { stems.append(String(base.dropLast())) }
        } else {
            stems.append(base)
        }
        if base.hasSuffix("i") { stems.append(base.dropLast() + "y") }
        // "boxes", "cities": the "s" took an "e" with it.
        if suffix == "s", base.hasSuffix("ie") { stems.append(base.dropLast(2) + "y") }
        if suffix == "s", base.hasSuffix("e") { stems.append(String(base.dropLast())) }
        if suffix == "ly", base.hasSuffix("b") { stems.append(base + "le") }
        return stems
    }

    private static let prefixes = [
        ("un", "ʌn"), ("re", "ɹi"), ("non", "nɑn"), ("pre", "pɹi"), ("mis", "mɪs"), ("dis", "dɪs"), ("over", "ˌOvəɹ"),
        ("under", "ˌʌndəɹ"), ("out", "ˌWt"), ("super", "sˌupəɹ"), ("anti", "ˌæntI"), ("multi", "mˌʌlti"),
        ("inter", "ˌɪntəɹ"),
        ("micro", "mˌIkɹO"), ("mega", "mˌɛɡə"), ("sub", "sˌʌb"), ("semi", "sˌɛmi"), ("auto", "ˌɔɾO"), ("co", "kˌO"),
        ("de", "di"), ("hyper", "hˌIpəɹ"), ("counter", "kˌWntəɹ"), ("cyber", "sˌIbəɹ"), ("geo", "ʤˌiO"),
        ("bio", "bˌIO"),
        ("neuro", "nˌʊɹO"), ("trans", "tɹænz"), ("tele", "tˌɛlə"), ("photo", "fˌOɾO"), ("crypto", "kɹˌɪptO"),
    ]

    private static func prefixed(_ word: String, _ stem: (String) -> String?) -> String? {
        for (letters, sound) in prefixes where word.hasPrefix(letters) {
            let base = String(word.dropFirst(letters.count))
            guard base.utf8.count > 3, let rest = stem(base) ?? suffixed(base, stem) else { continue }
            return sound + rest
        }
        return nil
    }
}
