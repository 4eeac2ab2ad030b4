/// How much a deployment or a key may use; `nil` for as much as there is.
public struct Limits: Sendable, Hashable {
    /// Sessions at once.
    public var sessions: Int?
    /// Sessions that begin within any 60 seconds.
    public var sessionsPerMinute: Int?
    /// Tokens of responses that end within any 60 seconds, in and out together, as `usage` tells them.
    public var tokensPerMinute: Int?
    /// Minutes of sound, heard and said together, of a day of UTC.
    public var audioMinutesPerDay: Int?

    /// No limits.
    public init() {}

    /// The names, as configuration and requests spell them.
    static let names: [(name: String, limit: any WritableKeyPath<Limits, Int?> & Sendable)] = [
        ("sessions", \.sessions), ("sessions-per-minute", \.sessionsPerMinute),
        ("tokens-per-minute", \.tokensPerMinute), ("audio-minutes-per-day", \.audioMinutesPerDay),
    ]

    /// What any of them may be.
    static let range = 1...1_000_000_000

    /// For the configuration file.
    static let keys: [ConfigurationKey<Limits>] = names.map { name, limit in
        ConfigurationKey(name) { $0[keyPath: limit] = try $1.integer(range) }
    }
}
