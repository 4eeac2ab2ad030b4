import RealtimeProtocol

/// Where the user is in speaking, and which audio is not yet an item. Positions are ticks of what was heard.
struct Turn: Equatable, Sendable {
    /// What was appended and neither committed nor cleared.
    var buffer = 0..<0
    /// What is being said, from the moment at which speech is certain.
    var utterance: Utterance?
    /// Where voice began that is not yet certain to be speech.
    var onset: Int?
    /// What was announced as being said when turn detection was switched off: the next commit is about it.
    var announced: ItemID?

    /// Voice this long is speech: shorter sounds are clicks and coughs. Three windows.
    static let certain = 3 * VoiceWindow.length
    /// Silence this long may be the end: what was said so far is understood meanwhile. Two windows.
    static let pause = 2 * VoiceWindow.length
    /// A hypothesis is asked for after so much more speech: 480 ms.
    static let hypothesisStep = 15 * VoiceWindow.length
    /// Voice fades: it ends only below its threshold less this.
    static let fade: Float = 0.15

    /// A stretch of speech that has been announced.
    struct Utterance: Equatable, Sendable {
        var item: ItemID
        /// Where the turn starts: before the voice, by the padding.
        var start: Int
        /// Where voice was last heard.
        var voicedUntil: Int
        /// What has been asked of the recognizer last, and how much of the speech that covered.
        var attempt = 0
        var attemptCovers = 0
        var isFinalAttempt = false
        var isAttemptPending = false
        /// What the last final attempt understood, while nothing was said since.
        var text: String?
    }
}
