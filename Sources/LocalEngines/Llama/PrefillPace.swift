/// How many tokens of a prompt to evaluate at a time.
///
/// Large pieces are cheaper, but everybody else's next word waits for them, and so does a cancellation.
struct PrefillPace {
    /// Others that speak wait no longer than this …
    private static let shared = Duration.milliseconds(50)
    /// … and a prompt that may yet come, while only preparations are evaluated, no longer than this.
    private static let unhurried = Duration.milliseconds(100)
    private static let largest = 64
    private static let smallest = 8

    private var secondsPerToken = 0.004

    /// Learns from a batch.
    mutating func note(tokens: Int, took duration: Duration) {
        guard tokens >= Self.smallest else { return }
        secondsPerToken += (duration / .seconds(1) / Double(tokens) - secondsPerToken) * 0.3
    }

    /// The size of the next piece.
    ///
    /// - Parameters:
    ///   - others: answers that are being spoken or wait.
    ///   - isUrgent: whether somebody waits for the prompt's answer.
    func piece(beside others: Int, isUrgent: Bool) -> Int {
        if isUrgent && others == 0 { return Self.largest }
        let budget = isUrgent || others > 0 ? Self.shared : Self.unhurried
        let tokens = Int(budget / .seconds(1) / max(secondsPerToken, 1e-6))
        return min(Self.largest, max(Self.smallest, tokens))
    }
}
