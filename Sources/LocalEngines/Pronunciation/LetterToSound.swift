/// The phonemes of a word nobody has listed, from its letters: the first rule that fits reads its letters, then the next.
/// Stress follows from the ending or from the weight of the syllables.
enum LetterToSound {
    /// Letters are lower-case ASCII. Time is linear in their number: a rule looks a few letters to each side.
    static func phonemes(_ letters: [UInt8]) -> String {
        var sounds: [Character] = []
        var position = 0
        while position < letters.count {
            guard let rule = rules[letters[position]]?.first(where: { $0.fits(letters, position) }) else {
                position += 1
                continue
            }
            sounds += rule.sounds
            position += rule.letters.count
        }
        return WordStress.placed(merged(sounds), lastLetter: letters.last ?? 0)
    }

    /// Two letters with one sound at a seam ("bookcase") are one sound.
    private static func merged(_ sounds: [Character]) -> [Character] {
        var merged: [Character] = []
        for sound in sounds where !(sound == merged.last && !WordStress.isVowel(sound) && sound != "<") {
            merged.append(sound)
        }
        return merged
    }

    /// One line of the table: `left(letters)right=sounds`.
    struct Rule: Sendable {
        var left: [UInt8]
        var letters: [UInt8]
        var right: [UInt8]
        var sounds: [Character]

        init?(_ line: some StringProtocol) {
            let halves = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let open = halves[0].firstIndex(of: "("), let close = halves[0].firstIndex(of: ")")
            else { return nil }
            left = Array(halves[0][..<open].utf8)
            letters = Array(halves[0][halves[0].index(after: open)..<close].utf8)
            right = Array(halves[0][halves[0].index(after: close)...].utf8)
            sounds = Array(halves[1])
            if letters.isEmpty { return nil }
        }

        func fits(_ word: [UInt8], _ position: Int) -> Bool {
            guard position + letters.count <= word.count else { return false }
            for (offset, letter) in letters.enumerated() where word[position + offset] != letter { return false }
            for (offset, wanted) in right.enumerated() where !Self.fits(wanted, word, position + letters.count + offset)
            {
                return false
            }
            for (offset, wanted) in left.reversed().enumerated() where !Self.fits(wanted, word, position - 1 - offset) {
                return false
            }
            return true
        }

        /// `_` is the edge of the word, `V` a vowel letter, `C` a consonant letter, `E` one of e, i, y; `-` any letter.
        private static func fits(_ wanted: UInt8, _ word: [UInt8], _ position: Int) -> Bool {
            let isInside = word.indices.contains(position)
            if wanted == UInt8(ascii: "_") { return !isInside }
            guard isInside else { return false }
            let letter = word[position]
            switch wanted {
            case UInt8(ascii: "V"): return "aeiouy".utf8.contains(letter)
            case UInt8(ascii: "C"): return !"aeiouy".utf8.contains(letter)
            case UInt8(ascii: "E"): return "eiy".utf8.contains(letter)
            case UInt8(ascii: "-"): return true
            default: return letter == wanted
            }
        }
    }

    /// The table by first letter, so that a letter meets its own rules only.
    private static let rules = Dictionary(
        grouping: LetterToSoundRules.table.split(whereSeparator: \.isWhitespace).compactMap { Rule($0) },
        by: { $0.letters[0] })
}

/// Where the main stress of a word falls, and what becomes of vowels without it.
enum WordStress {
    static func isVowel(_ sound: Character) -> Bool { "aAIOWYɑæɛɪiɔʊuʌəɜᵊᵻ".contains(sound) }

    /// A rule's sounds may say where stress falls: `<` on the vowel before, `>` on the vowel after it.
    static func placed(_ marked: [Character], lastLetter: UInt8) -> String {
        var sounds: [Character] = []
        var vowels: [Int] = []
        var stressed: Int?
        var awaitsVowel = false
        for sound in marked {
            switch sound {
            case "<": stressed = vowels.last ?? stressed
            case ">": awaitsVowel = true
            default:
                if isVowel(sound) {
                    if awaitsVowel { stressed = sounds.count }
                    awaitsVowel = false
                    vowels.append(sounds.count)
                }
                sounds.append(sound)
            }
        }
        guard !vowels.isEmpty else { return String(sounds) }
        let main = stressed ?? vowels[mainVowel(sounds, vowels, lastLetter)]
        // An open "a" is "ah" in words that end like "Tanaka" or "Moreno".
        let openA: Character = "aoiu".utf8.contains(lastLetter) ? "ɑ" : "æ"
        var text = ""
        for (index, sound) in sounds.enumerated() {
            let next = index + 1 < sounds.count ? sounds[index + 1] : nil
            if index == main {
                text.append("ˈ")
                text.append(sound == "a" ? openA : full(sound, next: next))
            } else {
                text.append(
                    reduced(
                        sound == "a" && openA == "ɑ" ? openA : sound, isFirst: index == vowels[0],
                        isLast: index == vowels[vowels.count - 1], next: next))
            }
        }
        return text
    }

    /// Two syllables: the first. More: the last but one if it is long or closed, else the one before it, as in Latin.
    private static func mainVowel(_ sounds: [Character], _ vowels: [Int], _ lastLetter: UInt8) -> Int {
        let count = vowels.count
        if count <= 2 { return 0 }
        let penult = vowels[count - 2]
        let consonants = vowels[count - 1] - penult - 1
        let isLong = "AIOWYiuɔɜ".contains(sounds[penult]) && !(sounds[penult] == "i" && consonants == 0)
        let isForeign = "aoiu".utf8.contains(lastLetter) && consonants > 0
        return isLong || consonants > 1 || isForeign ? count - 2 : count - 3
    }

    private static func full(_ sound: Character, next: Character?) -> Character {
        guard sound == "ə" || sound == "ᵊ" else { return sound }
        return next == "ɹ" ? "ɜ" : "ʌ"
    }

    private static func reduced(_ sound: Character, isFirst: Bool, isLast: Bool, next: Character?) -> Character {
        switch sound {
        case "æ", "ʌ": isFirst && next != nil ? sound : "ə"
        case "a": "ə"
        case "ɑ": isFirst || next == "ɹ" ? sound : "ə"
        case "ɛ", "O": isFirst || (sound == "O" && isLast) ? sound : "ə"
        default: sound
        }
    }
}
