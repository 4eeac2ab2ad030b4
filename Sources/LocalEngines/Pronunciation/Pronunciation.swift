/// Turns text into the phonemes of a voice. Called on the voice's own thread, so it may take its time.
public protocol Pronunciation: Sendable {
    /// espeak-style IPA, with the marks that shape a sentence.
    ///
    /// - Throws: `EngineError` when it cannot be done at all; what a reader would skip is left out.
    func phonemes(_ text: String) throws -> String
}

extension EnglishPronunciation: Pronunciation {}
