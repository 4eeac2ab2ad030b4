public import RealtimeProtocol
public import SpeechEngines

/// Everything that can happen to a session.
public enum Input: Equatable, Sendable, Codable {
    /// The client is connected.
    case opened
    /// The client said something other than audio.
    case message(JSONValue)
    /// The client said something that could not be read, or audio that is none.
    case unreadable(RealtimeError)
    /// The client sent audio.
    case audio(AudioArrival)
    /// The recognizer has understood something, or failed to.
    case recognized(RecognitionResult)
    /// A pause has been judged.
    case judged(TurnJudgement)
    /// Something was made for a response.
    case generation(ResponseID, GenerationEvent)
    /// Time has passed: Unix milliseconds.
    case time(Int)
    /// So many tokens may be used from now on.
    case allowance(RateLimit)
    /// Somebody other than the client has something to say to it.
    case notice(SessionNotice)
}

/// Audio that came in, and how likely somebody was speaking in it.
///
/// Positions are ticks of 24 kHz since the first sample of the session.
public struct AudioArrival: Equatable, Sendable, Codable {
    /// Where the new audio stands.
    public var range: Range<Int>
    /// The windows that it completed, oldest first.
    public var windows: [VoiceWindow]

    /// An arrival.
    public init(range: Range<Int>, windows: [VoiceWindow] = []) {
        self.range = range
        self.windows = windows
    }
}

/// How likely somebody was speaking in a short stretch of audio, and how loudly.
public struct VoiceWindow: Equatable, Sendable, Codable {
    /// The tick at which it ends.
    public var end: Int
    /// 0…1.
    public var probability: Float
    /// The mean power in dB, −100 for silence.
    public var level: Float

    /// Ticks in a window: 32 ms.
    public static let length = 768

    /// A window.
    public init(end: Int, probability: Float, level: Float) {
        self.end = end
        self.probability = probability
        self.level = level
    }
}

/// What became of a ``Recognition``.
public struct RecognitionResult: Equatable, Sendable, Codable {
    /// The item it was for.
    public var item: ItemID
    /// Which attempt it was.
    public var attempt: Int
    /// The words, or `nil` if the engine failed.
    public var text: String?
    /// What failed.
    public var failure: String?

    /// A result.
    public init(item: ItemID, attempt: Int, text: String?, failure: String? = nil) {
        self.item = item
        self.attempt = attempt
        self.text = text
        self.failure = failure
    }
}

/// How likely it is that a speaker has finished.
public struct TurnJudgement: Equatable, Sendable, Codable {
    /// The item that is being said.
    public var item: ItemID
    /// Where voice was last heard, which tells one pause from the next.
    public var voicedUntil: Int
    /// 0…1.
    public var probability: Float

    /// A judgement.
    public init(item: ItemID, voicedUntil: Int, probability: Float) {
        self.item = item
        self.voicedUntil = voicedUntil
        self.probability = probability
    }
}

/// What engines make for a response.
public enum GenerationEvent: Equatable, Sendable, Codable {
    /// More of its text; of a spoken one, a word with its leading space.
    case text(String)
    /// More of its sound, as ticks of the track of what is said. The first piece of a clause tells which text it says.
    case sound(Range<Int>, clause: String?)
    /// A step of a function call.
    case call(FunctionCallStep)
    /// The end, with the tokens of the prompt, those of them known before, and those of the answer.
    case finished(reachedLimit: Bool, promptTokens: Int, cachedTokens: Int, answerTokens: Int)
    /// An engine failed.
    case failed(code: String, message: String)
}
