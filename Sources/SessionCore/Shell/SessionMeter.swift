public import RealtimeProtocol
public import SpeechEngines

/// Counts what a session uses and knows what it may still use. Called by the session's one task.
public protocol SessionMeter: Sendable {
    /// Audio that was heard or said, in seconds.
    func count(seconds: Double, on track: AudioSpan.Track)
    /// What a response took.
    func count(_ usage: Usage)
    /// How many tokens may still be used; `nil` where nobody counts.
    var allowance: RateLimit? { get }
    /// Why no answer may be made now; `nil` if one may.
    var refusal: EngineError? { get }
    /// Work for an engine begins (1), or has ended (-1). Called by whoever does it.
    func work(_ kind: SessionWork, _ change: Int)
}

/// What engines do for a session.
public enum SessionWork: String, Sendable, Hashable, CaseIterable {
    /// Speech is being understood.
    case recognition
    /// A pause is being judged.
    case judgement
    /// An answer is being made: words, and their sound.
    case answer
}
