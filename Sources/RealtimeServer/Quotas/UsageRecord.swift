/// What was used on one day, of one deployment, with one key.
public struct UsageRecord: Sendable, Hashable {
    /// Whose use it was.
    public struct Key: Sendable, Hashable {
        /// The day in UTC: `2026-11-23`.
        public var day: String
        /// The deployment's name.
        public var deployment: String
        /// What the key is called; `none` where none was needed.
        public var key: String
    }

    /// Whose use it was.
    public var key: Key
    /// Sessions that began.
    public var sessions = 0
    /// Responses that ended.
    public var responses = 0
    /// Tokens of their input.
    public var inputTokens = 0
    /// Tokens of their output.
    public var outputTokens = 0
    /// Seconds of sound that were heard.
    public var heardSeconds = 0.0
    /// Seconds of sound that were said.
    public var saidSeconds = 0.0

    init(key: Key) { self.key = key }

    /// Minutes of sound, both ways.
    var audioMinutes: Double { (heardSeconds + saidSeconds) / 60 }

    static func += (sum: inout UsageRecord, more: UsageRecord) {
        sum.sessions += more.sessions
        sum.responses += more.responses
        sum.inputTokens += more.inputTokens
        sum.outputTokens += more.outputTokens
        sum.heardSeconds += more.heardSeconds
        sum.saidSeconds += more.saidSeconds
    }
}
