/// A client, as a session needs it: messages in, messages out.
public protocol SessionConnection: Sendable {
    /// Asks for the next message of the client, and only then holds it no longer back. The next one is asked for when this one
    /// has come.
    ///
    /// - Parameter take: called once: with the message, with `nil` when the client has gone, or with what broke the
    ///   connection.
    func receive(_ take: @escaping @Sendable (Result<ClientMessage?, any Error>) -> Void)

    /// Sends text messages in order; waits while the client does not read.
    func send(_ texts: [[UInt8]]) async throws

    /// Says goodbye.
    func close(code: Int, reason: String) async
}

/// A message of a client.
public enum ClientMessage: Sendable {
    /// UTF-8 text.
    case text([UInt8])
    /// What the protocol does not know.
    case binary
}

/// Takes down all that happens to a session. Called by the session's one task, in order.
public protocol SessionRecorder {
    /// Something happened.
    mutating func record(_ input: Input)
    /// Something was said to the client; sound stands in the track of what is said.
    mutating func record(wire: [UInt8], sound: Range<Int>?)
    /// Audio was added to a track, at 24 kHz or 8 kHz.
    mutating func record(_ samples: [Int16], rate: Int, on track: AudioSpan.Track)
    /// An answer has come to its end.
    mutating func record(_ timing: TurnTiming)
}
