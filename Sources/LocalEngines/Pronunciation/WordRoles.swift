/// Guesses the part of speech of a word with several sounds from the words beside it. A guess is enough: it is asked only for
/// the few hundred words which the dictionary lists by role.
enum WordRoles {
    static func roles(_ words: [PhonemeSentence.Word], _ index: Int) -> [String] {
        let word = words[index]
        let before = index > 0 && words[index - 1].pause == nil ? words[index - 1].lower : ""
        let after = word.pause == nil && index + 1 < words.count ? words[index + 1].lower : ""
        switch word.lower {
        case "read":
            let first = index > 1 && words[index - 2].pause == nil ? words[index - 2].lower : ""
            let isPast =
                perfect.contains(before)
                || perfect.contains(first) && ["not", "never", "already", "just", "also"].contains(before)
                || ["he", "she", "it"].contains(before) && !auxiliaries.contains(first)
            return isPast ? ["VBD"] : []
        case "used":
            return after == "to" && !["is", "was", "are", "were", "be", "been"].contains(before) ? ["VBD"] : []
        case "wound":
            return ["he", "she", "they", "it", "i"].contains(before) || after == "up" || after == "down" ? ["VBD"] : []
        case "live":
            return verbal(before)
                || place.contains(after) && !determiners.contains(before)
                    && !["is", "are", "was", "go", "went"].contains(before)
                ? ["VERB"] : []
        case "lives":
            return ["he", "she", "it", "who", "that"].contains(before)
                || place.contains(after) && !possessives.contains(before) ? ["VERB"] : []
        case "close":
            if verbal(before) || before.isEmpty && determiners.contains(after) { return ["VERB"] }
            return determiners.contains(before) && after == "of" ? ["NOUN"] : []
        case "minute": return []
        case "bass":
            return ["guitar", "player", "drum", "line", "clef", "voice", "singer", "boost"].contains(after)
                || before == "double" ? ["ADJ"] : []
        case "content": return ["is", "was", "are", "be", "i'm", "am"].contains(before) ? [] : ["NOUN"]
        case "that": return determiners.contains(after) || after.isEmpty ? ["DT"] : []
        default: break
        }
        // Nothing follows: little words ("to be", "I can") are not weak there.
        let isLast = word.pause != nil || index + 1 == words.count
        return part(words, index, before: before, after: after) + (isLast ? ["None"] : [])
    }

    private static func part(
        _ words: [PhonemeSentence.Word], _ index: Int, before: String, after: String
    ) -> [String] {
        if verbal(before) || before.isEmpty && determiners.contains(after) { return ["VERB"] }
        if determiners.contains(before) || prepositions.contains(before) { return ["NOUN"] }
        // "no real use", "an old record": something stood between the article and the noun.
        let isPhrase = index > 1 && words[index - 1].pause == nil && words[index - 2].pause == nil
        guard isPhrase, determiners.contains(words[index - 2].lower), !subjects.contains(before) else { return [] }
        return ["NOUN"]
    }

    private static func verbal(_ before: String) -> Bool {
        subjects.contains(before) || auxiliaries.contains(before) || before.hasSuffix("'ll") || before.hasSuffix("n't")
            || before.hasSuffix("'d")
    }

    /// What is made of the metal: "lead pipes".
    static let metalware: Set<String> = [
        "pipe", "pipes", "paint", "poisoning", "pencil", "pencils", "acid", "weight", "weights", "bullet", "bullets",
        "ore",
    ]
    private static let subjects: Set<String> = [
        "i", "you", "we", "they", "who", "please", "always", "never", "also", "let's", "to",
    ]
    private static let auxiliaries: Set<String> = [
        "to", "will", "would", "can", "could", "should", "must", "may", "might", "shall", "do", "does", "did", "cannot",
    ]
    private static let determiners: Set<String> = [
        "the", "a", "an", "this", "these", "those", "my", "your", "his", "her", "its", "our", "their", "no", "some",
        "any", "each",
        "every", "another", "what", "which", "much", "many",
    ]
    private static let possessives: Set<String> = [
        "my", "your", "his", "her", "its", "our", "their", "the", "many", "of", "all",
    ]
    private static let prepositions: Set<String> = [
        "of", "in", "on", "for", "with", "by", "from", "under", "without", "at",
    ]
    private static let perfect: Set<String> = [
        "have", "has", "had", "was", "were", "been", "be", "is", "i've", "you've", "we've", "they've", "he's", "she's",
        "having",
        "already", "just", "haven't", "hasn't", "hadn't",
    ]
    private static let place: Set<String> = [
        "in", "on", "at", "with", "there", "here", "near", "together", "alone", "forever", "by", "for", "up",
    ]
}
