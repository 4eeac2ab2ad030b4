import Foundation

/// Removes what a recognizer said twice that was said once.
///
/// On short noisy clips Moonshine sometimes writes a whole sentence twice, and any autoregressive recognizer may fall
/// into a loop. People repeat themselves as well, but not faster than they can speak: repetitions are dropped only when
/// all of the words together would not fit into the audio at a natural pace.
enum RepetitionGuard {
    /// Words per second that people seldom exceed over a whole utterance with its pauses.
    private static let naturalPace = 3.3
    /// Fewer words than this may well be said twice.
    private static let shortestSentence = 4
    /// A phrase of up to this many words …
    private static let longestPhrase = 8
    /// … that comes this often in a row is a loop.
    private static let loop = 4

    /// `text` trimmed, with single spaces, and without repetitions that `seconds` of audio can't hold.
    static func clean(_ text: String, seconds: Double) -> String {
        var words = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard Double(words.count) > naturalPace * seconds else { return words.joined(separator: " ") }
        words = withoutLoops(words)
        guard Double(words.count) > naturalPace * seconds else { return words.joined(separator: " ") }
        return withoutRepeatedSentences(words).joined(separator: " ")
    }

    private static func withoutRepeatedSentences(_ words: [String]) -> [String] {
        var sentences: [[String]] = [[]]
        for word in words {
            sentences[sentences.count - 1].append(word)
            if let last = word.last, ".!?".contains(last) { sentences.append([]) }
        }
        var kept: [[String]] = []
        for sentence in sentences where !sentence.isEmpty {
            let isRepeat =
                sentence.count >= shortestSentence && kept.last.map { $0.map(bare) == sentence.map(bare) } == true
            if !isRepeat { kept.append(sentence) }
        }
        return kept.flatMap(\.self)
    }

    private static func withoutLoops(_ words: [String]) -> [String] {
        let bareWords = words.map(bare)
        var kept: [String] = []
        var index = 0
        while index < words.count {
            var skipped = 0
            for length in 1...longestPhrase where index + length * loop <= words.count {
                let phrase = bareWords[index..<index + length]
                var end = index + length
                while end + length <= words.count, bareWords[end..<end + length].elementsEqual(phrase) { end += length }
                if (end - index) / length >= loop {
                    kept += words[index..<index + length]
                    skipped = end - index
                    break
                }
            }
            if skipped == 0 { kept.append(words[index]) }
            index += max(1, skipped)
        }
        return kept
    }

    /// The word as it sounds: no case, no punctuation.
    private static func bare(_ word: String) -> String {
        String(word.lowercased().filter { $0.isLetter || $0.isNumber })
    }
}
