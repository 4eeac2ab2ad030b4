/// English text as a voice should say it: first in words ("$5" → "five dollars"), then in phonemes.
///
/// Words come from misaki's two American dictionaries; what they lack is derived from words they have (inflections, compounds)
/// or from its spelling. Time grows with the length of the text only.
public struct EnglishPronunciation: Sendable {
    private let pronouncer: WordPronouncer

    /// Loads misaki's `us_gold.json` and `us_silver.json`; where both know a word, gold is right.
    ///
    /// Throws ``PronunciationError`` when a file is missing or is no dictionary.
    public init(goldDictionary: String, silverDictionary: String) throws {
        pronouncer = WordPronouncer(lexicon: try Lexicon(gold: goldDictionary, silver: silverDictionary))
    }

    /// The words a reader would say: "$3.50" → "three dollars and fifty cents".
    ///
    /// The result holds ASCII letters, apostrophes, hyphens inside words, spaces and the marks `. , ! ? ; :` alone. It is empty
    /// when nothing can be said in English: only emoji, only signs, a script other than Latin.
    public static func spokenWords(_ text: String) -> String { SpokenRules.spokenWords(text) }

    /// The phonemes of any text in the IPA of espeak, as Piper voices want it: "Hello, world." → "həlˈoʊ, wˈɜːld."
    ///
    /// Every scalar of the result is one of those a Piper voice for American English knows.
    public func phonemes(_ text: String) -> String {
        PhonemeSentence.phonemes(Self.spokenWords(text), pronouncer: pronouncer)
    }
}
