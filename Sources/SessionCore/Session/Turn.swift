import RealtimeProtocol

/// Where the user is in speaking, and which audio is not yet an item. Positions are ticks of what was heard.
struct Turn: Equatable, Sendable {
    /// What was appended and neither committed nor cleared.
    var buffer = 0..<0
    /// What is being said, from the moment at which speech is certain.
    var utterance: Utterance?
    /// Where voice began that is not yet certain to be speech.
    var onset: Int?
    /// Since when nobody has said anything: the end of the last answer's sound, as far as it can be known.
    var quietSince: Int?
    /// What was announced as being said when turn detection was switched off: the next commit is about it.
    var announced: Announced?

    /// Voice this long is speech: shorter sounds are clicks and coughs. Three windows.
    static let certain = 3 * VoiceWindow.length
    /// Silence this long may be the end: what was said so far is understood meanwhile. Two windows.
    static let pause = 2 * VoiceWindow.length
    /// A silence this long ends a turn of which an engine is sure that it is over: 192 ms.
    static let shortest = 6 * VoiceWindow.length
    /// So much of a turn is judged at most: 8 s.
    static let judged = 8 * 24_000
    /// A hypothesis is asked for after so much more speech: 480 ms.
    static let hypothesisStep = 15 * VoiceWindow.length
    /// Voice fades: it ends only below its threshold less this.
    static let fade: Float = 0.15

    /// An item of which the client knows, and the words of it that it has read.
    struct Announced: Equatable, Sendable {
        var item: ItemID
        var told: [Substring]
    }

    /// What an engine says of a silence.
    enum Judgement: Equatable, Sendable {
        case none
        case asked
        case finished(probability: Float)
    }

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
        /// The words of the last attempt, and those that have been told: they will not change any more.
        var words: [Substring] = []
        var told: [Substring] = []
        /// How likely it is that the speaker has finished, as an engine judged this silence by its sound.
        var judgement: Judgement = .none
    }
}
