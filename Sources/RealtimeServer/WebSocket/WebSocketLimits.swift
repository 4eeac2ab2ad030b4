import NIOCore

/// What a WebSocket may cost.
public struct WebSocketLimits: Sendable {
    /// The largest message after reassembly, in bytes: 24 MiB, for an append of 15 MiB of audio is 20 MiB of Base64
    /// (protocol.md A.4). A larger one is answered by close 1009.
    public var maxMessageSize = 24 * 1024 * 1024
    /// How often the server pings (protocol.md G row 35).
    public var pingInterval = Duration.seconds(20)
    /// How long nothing may arrive, not even a pong, until the peer is given up (protocol.md G row 35).
    public var longestSilence = Duration.seconds(60)
    /// How long a peer may take to answer a close frame.
    public var closingTime = Duration.seconds(5)
    /// How long a connection may take to send the head of its first request.
    public var handshakeTime = Duration.seconds(30)

    /// The limits of the protocol reference.
    public init() {}

    var tooLargeReason: String { "A message may have \(maxMessageSize) bytes at most." }
}

extension TimeAmount {
    /// Clamped to what fits, some 292 years.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self = .nanoseconds(overflow ? .max : whole + attoseconds / 1_000_000_000)
    }
}
