/// Which answers are worth another try, how many, and after how long.
struct RetrySchedule: Sendable {
    /// How many tries follow the first.
    var limit: Int
    /// The first pause in seconds; each further one is twice as long.
    var first: Double
    var isTransient: @Sendable (_ status: Int) -> Bool

    /// No pause is longer, whatever the server asks for; in seconds.
    static let longest: Double = 60

    /// Entra ID and App Service: the statuses that Azure's own libraries repeat by default.
    static let service = RetrySchedule(limit: 3, first: 0.8) { [408, 429, 500, 502, 503, 504].contains($0) }

    /// The instance metadata service. It answers 404 while an identity is being assigned, 410 while it is updated,
    /// 429 when it is asked too often; Azure's guidance is to repeat these and all of 5xx.
    static let instanceMetadata = RetrySchedule(limit: 5, first: 0.8) {
        $0 == 404 || $0 == 410 || $0 == 429 || (500...599).contains($0)
    }

    /// How long to wait before trying again after `tries` tries (1 or more), the last answered with `status`; nil for
    /// never.
    func pause(after tries: Int, status: Int, retryAfter: Double?) -> Duration? {
        guard tries <= limit, isTransient(status) else { return nil }
        // An update of the metadata service (410) can take 70 seconds: five pauses from 3 seconds on make 93.
        var pause = status == 410 ? max(first, 3) : first
        for _ in 1..<max(tries, 1) { pause *= 2 }
        return .seconds(min(max(pause, retryAfter ?? 0), Self.longest))
    }
}

extension Duration {
    /// For a message: `10 s`, `0.5 s`.
    var inSeconds: String {
        let seconds = self / .seconds(1)
        return seconds == seconds.rounded() && abs(seconds) < 1e9 ? "\(Int(seconds)) s" : "\(seconds) s"
    }
}
