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
    /// An engine judges the sound of a silence this long. Two windows.
    static let pause = 2 * VoiceWindow.length
    /// The detector goes on for so long after the last sound: 96 ms.
    static let lag = 3 * VoiceWindow.length
    /// A voice that is so much weaker than it was, in dB, may have ended, whatever the detector says: what was said so
    /// far is understood meanwhile. In read speech this happens twice a second, and 20 ms after the end of a sentence.
    static let drop: Float = 12
    /// A silence this long ends a turn of which an engine is sure that it is over: 192 ms.
    static let shortest = 6 * VoiceWindow.length
    /// So much of a turn is judged at most: 8 s.
    static let judged = 8 * 24_000
    /// A hypothesis is asked for after so much more speech: 960 ms. Mostly the voice has faded for a moment before.
    static let hypothesisStep = 30 * VoiceWindow.length
    /// Speech over an answer is kept from the client at most so long: 576 ms from its beginning. Clients stop playing when
    /// they hear of it.
    static let longestHold = 18 * VoiceWindow.length
    /// So much of it is listened to for words: 320 ms.
    static let glance = 10 * VoiceWindow.length
    /// The same where somebody reads along: 480 ms.
    static let captionStep = 15 * VoiceWindow.length
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

    /// A stretch of speech.
    struct Utterance: Equatable, Sendable {
        var item: ItemID
        /// Where the turn starts: before the voice, by the padding.
        var start: Int
        /// Where the voice began.
        var began: Int
        /// Whether the client has not been told of it: an answer is being heard, and this may be a cough or a nod.
        var isHeld = false
        /// Where voice was last heard: what the rules for the end of a turn go by.
        var voicedUntil: Int
        /// Where it was last about as loud as before. The detector takes a tenth of a second to see that a voice has
        /// ended; until then this tells.
        var soundedUntil: Int
        /// How loud the voice is, in dB.
        var loudness: Float
        /// What has been asked of the recognizer last, and how much of the speech that covered.
        var attempt = 0
        var attemptCovers = 0
        var isFinalAttempt = false
        var isAttemptPending = false
        /// What the last final attempt understood, while nothing was said since.
        var text: String?
        /// Whether what was understood last ends a sentence, be it a guess while the user still spoke: the end of a turn
        /// doesn't wait for the recognizer.
        var endsSentence = false
        /// The words of the last attempt, and those that have been told: they will not change any more.
        var words: [Substring] = []
        var told: [Substring] = []
        /// How likely it is that the speaker has finished, as an engine judged this silence by its sound.
        var judgement: Judgement = .none

        /// What the client knows of it.
        var announced: Announced? { isHeld ? nil : Announced(item: item, told: told) }

        /// Whether the last attempt is meant to be the last, and heard all that was said.
        var isCovered: Bool { isFinalAttempt && attemptCovers >= max(soundedUntil, voicedUntil - Turn.lag) }

        /// Takes note of a window in which the detector heard a voice. Returns whether it sounds like one that goes on.
        mutating func takeVoice(_ window: VoiceWindow) -> Bool {
            voicedUntil = window.end
            judgement = .none
            guard window.level > loudness - Turn.drop else {
                loudness -= 0.3  // somebody who goes on more quietly is heard before long
                return false
            }
            soundedUntil = window.end
            loudness += (window.level - loudness) * (window.level > loudness ? 0.3 : 0.05)
            text = nil
            return true
        }
    }
}
