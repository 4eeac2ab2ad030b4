/// A text of spoken words as phonemes: each word by its neighbours, the pauses kept.
enum PhonemeSentence {
    struct Word: Sendable {
        var text: String
        /// The pause right after it, if any.
        var pause: Character?
        var lower: String
    }

    static func phonemes(_ spoken: String, pronouncer: WordPronouncer) -> String {
        let words = words(spoken)
        // From the end, because the sound of "the" and "to" depends on the word after them.
        var sounds: [String] = Array(repeating: "", count: words.count)
        var known: [String: String] = [:]
        var next = ""
        for index in words.indices.reversed() {
            let word = words[index]
            if word.pause != nil { next = "" }
            let following = next
            if let weak = weakForm(words, index, next: next) {
                next = weak
            } else if let before = known[word.text] {
                next = before
            } else {
                let hasRoles = pronouncer.hasRoles(word.text)
                let misaki = pronouncer.phonemes(word.text, roles: hasRoles ? WordRoles.roles(words, index) : [])
                next = EspeakAlphabet.ipa(misaki, spelling: word.text)
                if !hasRoles { known[word.text] = next }
            }
            sounds[index] = joined(next, following: following, isLast: word.pause != nil || index == words.count - 1)
        }
        var text = ""
        for (word, sound) in zip(words, sounds) where !sound.isEmpty {
            if !text.isEmpty { text += " " }
            text += sound
            if let pause = word.pause { text.append(pause) }
        }
        return text
    }

    static func words(_ spoken: String) -> [Word] {
        spoken.split(separator: " ").compactMap { part in
            var text = part
            var pause: Character?
            while let last = text.last, ".,!?;:".contains(last) {
                pause = last
                text.removeLast()
            }
            return text.isEmpty ? nil : Word(text: String(text), pause: pause, lower: text.lowercased())
        }
    }

    /// An "r" at the end is heard before a vowel, and the last word of a clause is not weak.
    private static func joined(_ sound: String, following: String, isLast: Bool) -> String {
        if isLast, !sound.unicodeScalars.contains("ˈ"), sound.unicodeScalars.count(where: { $0 == "ˌ" }) == 1 {
            return sound.replacing("ˌ", with: "ˈ")
        }
        return sound.unicodeScalars.last == "ɚ" && beginsWithVowel(following) ? sound + "ɹ" : sound
    }

    private static func beginsWithVowel(_ sound: String) -> Bool {
        let first = sound.unicodeScalars.first { $0 != "ˈ" && $0 != "ˌ" }
        return first.map { "aæɐɑɔəɚɛɜɪiʊuʌeo".unicodeScalars.contains($0) } ?? false
    }

    /// The "I" of "A I" is a letter, that of "I am" is not.
    private static func isSpelt(_ words: [Word], _ index: Int) -> Bool {
        isCapitalLetter(words[index + 1].text)
            || (index > 0 && words[index - 1].pause == nil && isCapitalLetter(words[index - 1].text))
    }

    /// The little words whose sound depends on what follows, in espeak's symbols.
    private static func weakForm(_ words: [Word], _ index: Int, next: String) -> String? {
        let word = words[index]
        let beforeVowel = beginsWithVowel(next)
        switch word.lower {
        case "i" where word.text == "I" && word.pause == nil && index + 1 < words.count:
            return isSpelt(words, index) ? nil : "aɪ"
        case "lead"
        where word.pause == nil && index + 1 < words.count && WordRoles.metalware.contains(words[index + 1].lower):
            return "lˈɛd"
        case "the": return beforeVowel ? "ðɪ" : "ðə"
        case "to" where word.pause == nil: return beforeVowel ? "tʊ" : "tə"
        case "a" where isArticle(words, index): return "ɐ"
        case "an" where word.pause == nil: return "ɐn"
        default: return nil
        }
    }

    /// "A" is the letter in "plan A", "A M" and "F A Q"; the article at the head of a sentence.
    private static func isArticle(_ words: [Word], _ index: Int) -> Bool {
        if words[index].text == "a" { return words[index].pause == nil }
        guard words[index].pause == nil, index + 1 < words.count, !isCapitalLetter(words[index + 1].text) else {
            return false
        }
        return index == 0 || words[index - 1].pause != nil
    }

    private static func isCapitalLetter(_ word: String) -> Bool {
        word.utf8.count == 1 && word.utf8.allSatisfy { (65...90).contains($0) }
    }
}
