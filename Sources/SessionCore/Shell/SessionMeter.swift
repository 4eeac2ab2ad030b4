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
}
