/// One word to phonemes of misaki's alphabet: from the dictionary, from words of the dictionary, from its letters.
struct WordPronouncer: Sendable {
    let lexicon: Lexicon

    /// The word sounds differently as a noun and as a verb, say.
    func hasRoles(_ word: String) -> Bool {
        if case .byRole = lexicon.entry(word) { true } else { word.contains("-") }
    }

    /// Never empty for a word with a letter.
    func phonemes(_ word: String, roles: [String] = []) -> String {
        if word.utf8.count == 1 { return letterName(word) }
        if let known = lexicon.phonemes(word, roles: roles) { return known }
        if word.contains("-") {
            return word.split(separator: "-").map { phonemes(String($0), roles: roles) }.joined(separator: " ")
        }
        if isInitialism(word) { return spelt(word) }
        let lower = word.lowercased()
        if let derived = Inflection.phonemes(lower, stem: { lexicon.phonemes($0, roles: roles) }) { return derived }
        if let compound = compound(lower) { return compound }
        let letters = lower.utf8.filter { (97...122).contains($0) }
        let vowels = letters.count > 3 ? "aeiouy" : "aeiou"
        if letters.count <= 6, !letters.contains(where: { vowels.utf8.contains($0) }) { return spelt(lower) }
        let sounds = LetterToSound.phonemes(Array(letters))
        return sounds.isEmpty ? spelt(lower) : sounds
    }

    /// Short capitals which are no word. Longer ones are pronounced: "UNESCO" is not spelt.
    private func isInitialism(_ word: String) -> Bool {
        word.utf8.count <= 4 && word.utf8.allSatisfy { (65...90).contains($0) }
    }

    private func spelt(_ word: String) -> String {
        word.utf8.filter { $0 != 39 }.map { letterName(String(UnicodeScalar($0))) }.joined(separator: " ")
    }

    private func letterName(_ letter: String) -> String { lexicon.phonemes(letter.uppercased()) ?? "" }

    /// Two words written as one: the second loses its main stress. The split with the longest first word wins.
    private func compound(_ word: String) -> String? {
        let letters = Array(word.utf8)
        guard (6...24).contains(letters.count) else { return nil }
        for cut in stride(from: letters.count - 3, through: 3, by: -1) {
            let first = String(decoding: letters[..<cut], as: UTF8.self)
            let second = String(decoding: letters[cut...], as: UTF8.self)
            guard let head = lexicon.phonemes(first), let tail = lexicon.phonemes(second), head.contains("ˈ"),
                tail.contains("ˈ")
            else { continue }
            return head + tail.replacing("ˈ", with: "ˌ")
        }
        return nil
    }
}
