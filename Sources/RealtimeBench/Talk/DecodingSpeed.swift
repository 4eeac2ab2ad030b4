import RealtimeClient

/// How fast a server's language model decodes while nothing else is asked of it.
enum DecodingSpeed {
    private static let story =
        "Tell me a long story about a sailor, a storm and a lighthouse, in at least fifteen sentences."
    private static let longest = 120
    /// Tokens that make a rate worth believing.
    private static let enough = 60
    private static let attempts = 4

    /// Tokens a second, from the first to the last piece of a written answer; `nil` if the model never says enough, or the
    /// server doesn't say how much it was.
    static func measure(_ target: Target, _ wire: Wire) async throws -> Double? {
        let socket = try await WebSocketTransport.connect(to: target.url, headers: target.headers)
        let clock = ContinuousClock()
        let begun = clock.now
        var messages = socket.messages.makeAsyncIterator()
        attempts: for _ in 0..<attempts {
            try await socket.send(
                utf8: wire.request(
                    story, instructions: "You are a storyteller who never stops early.", longestAnswer: longest))
            var first: Duration?
            var last = Duration.zero
            while let message = try await messages.next() {
                let now = clock.now - begun
                guard case .text(let text) = message, let event = Wire.Event(text) else { continue }
                switch event {
                case .word:
                    first = first ?? now
                    last = now
                case .responseDone(_, _, let tokens):
                    guard let first, let tokens, tokens >= enough, last > first else { continue attempts }
                    await socket.close()
                    return Double(tokens - 1) / ((last - first).milliseconds / 1000)
                case .failed(let message): throw BenchError("error: \(message)")
                default: break
                }
            }
            throw BenchError("the server closed the connection")
        }
        await socket.close()
        return nil
    }
}
