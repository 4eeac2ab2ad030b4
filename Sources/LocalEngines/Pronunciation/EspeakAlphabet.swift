/// From misaki's alphabet (one letter per diphthong) to the IPA of espeak, which Piper voices were trained on.
enum EspeakAlphabet {
    /// What the American English Piper voice "joe" has an input for and we use: the test compares with the voice's own list.
    static let symbols = Set(" !',-.:;?abcdefhijklmnopqrstuvwxyzæðŋɐɑɔəɚɛɜɡɪɹɾʃʊʌʒʔˈˌːθᵻ\u{329}".unicodeScalars)

    private static let diphthongs: [Character: String] = [
        "A": "eɪ", "I": "aɪ", "W": "aʊ", "O": "oʊ", "Y": "ɔɪ", "ʧ": "tʃ", "ʤ": "dʒ", "T": "ɾ", "ᵊ": "ə", "g": "ɡ",
        "r": "ɹ",
    ]

    /// The dictionary has one sound for every weak vowel; espeak keeps some of their letters apart ("ɐ" in "about", "ᵻ" in
    /// "return", "ɪ" in "multiple"), so the word's `spelling` matters.
    static func ipa(_ misaki: String, spelling: String) -> String {
        let sounds = Array(misaki)
        let vowels = sounds.indices.filter { WordStress.isVowel(sounds[$0]) }
        let letters = vowelLetters(spelling)
        let isAligned = letters.count == vowels.count
        let opensWithEx = spelling.utf8.starts(with: "ex".utf8) || spelling.utf8.starts(with: "Ex".utf8)
        // "dog" has a short vowel and "law" a long one: what is left of it after the merger in the dictionary is the "o".
        let hasRoundO = !spelling.utf8.contains { "aAuU".utf8.contains($0) }
        // "hoarse" and "horse" differ for espeak.
        let isHoarse = ["ore", "oar", "our", "oor", "port", "ory"].contains { spelling.contains($0) }
        var vowel = -1
        var ipa = ""
        for (index, sound) in sounds.enumerated() {
            let next: Character = index + 1 < sounds.count ? sounds[index + 1] : " "
            let previous: Character = index > 0 ? sounds[index - 1] : " "
            if WordStress.isVowel(sound) { vowel += 1 }
            switch sound {
            case "ə" where next == "w" && beginsVowel(sounds, index + 2): ipa += "uː"
            case "w" where previous == "ə" && beginsVowel(sounds, index + 1): break
            case "ə" where next == "ɹ": ipa += "ɚ"
            case "ɹ" where (previous == "ə" || previous == "ɜ") && !beginsVowel(sounds, index + 1): break
            case "ə":
                let letter = isAligned && vowels.count > 1 ? letters[vowel] : nil
                let hasPrefix = vowel == 0 && weakPrefixes.contains { spelling.hasPrefix($0) }
                ipa +=
                    hasPrefix && vowels.count > 1
                    ? "ᵻ" : schwa(letter: letter, index: index, next: next, previous: previous)
            case "ɪ" where vowel == 0 && index == 0 && opensWithEx: ipa += "ɛ"
            case "ɜ": ipa += "ɜː"
            case "ɑ": ipa += "ɑː"
            case "ɔ" where next == "ɹ" && isHoarse: ipa += "oː"
            case "ɔ": ipa += next == "ɹ" || !hasRoundO ? "ɔː" : "ɔ"
            case "u": ipa += "uː"
            case "i" where previous == "ˈ" || previous == "ˌ" || vowels.count == 1: ipa += "iː"
            case "n" where previous == "ʔ": ipa += "n\u{329}"
            default: ipa += diphthongs[sound] ?? String(sound)
            }
        }
        return String(String.UnicodeScalarView(ipa.unicodeScalars.filter(symbols.contains)))
    }

    /// "return", "default", "before".
    private static let weakPrefixes = ["re", "de", "be", "pre", "se", "Re", "De", "Be", "Pre", "Se"]

    private static func schwa(letter: UInt8?, index: Int, next: Character, previous: Character) -> String {
        switch letter {
        case UInt8(ascii: "a"): return index == 0 ? "ɐ" : "ə"
        case UInt8(ascii: "u") where previous == "j": return "uː"
        case UInt8(ascii: "i") where "fbɾ".contains(next): return "ᵻ"
        case UInt8(ascii: "e") where next == "k": return "ɛ"
        case UInt8(ascii: "e"), UInt8(ascii: "i"):
            return "nlmɹ".contains(next) || (letter == UInt8(ascii: "e") && index < 3) ? "ə" : "ɪ"
        default: return "ə"
        }
    }

    /// The first letter of each group of vowel letters, without a silent "e" at the end.
    private static func vowelLetters(_ spelling: String) -> [UInt8] {
        var letters: [UInt8] = []
        var inGroup = false
        var lastIsAlone = false
        for (index, byte) in spelling.utf8.enumerated() {
            let letter = byte | 0x20
            let isVowel = "aeiou".utf8.contains(letter) || letter == UInt8(ascii: "y") && index > 0
            if isVowel, !inGroup { letters.append(letter) }
            lastIsAlone = isVowel && !inGroup
            inGroup = isVowel
        }
        // The "e" of "removed" and "makes" is silent too, that of "rented" and "boxes" is not.
        let ending = Array(spelling.utf8.suffix(3))
        if ending.count == 3, letters.count > 1, !"aeiouy".utf8.contains(ending[0]), ending[1] == UInt8(ascii: "e") {
            let isSilentPast = ending[2] == UInt8(ascii: "d") && !"td".utf8.contains(ending[0])
            let isSilentPlural = ending[2] == UInt8(ascii: "s") && !"sxzcgh".utf8.contains(ending[0])
            if isSilentPast || isSilentPlural { letters.removeLast() }
        }
        let isSyllabic = spelling.hasSuffix("le") && spelling.utf8.count > 3
        if lastIsAlone, letters.last == UInt8(ascii: "e"), letters.count > 1, !isSyllabic { letters.removeLast() }
        return letters
    }

    private static func beginsVowel(_ sounds: [Character], _ index: Int) -> Bool {
        guard index < sounds.count else { return false }
        let isStress = sounds[index] == "ˈ" || sounds[index] == "ˌ"
        let sound = isStress && index + 1 < sounds.count ? sounds[index + 1] : sounds[index]
        return WordStress.isVowel(sound)
    }
}
