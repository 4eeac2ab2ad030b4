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

    /// How much may wait to be sent, as the time that PCM16 of 24 kHz takes to be said; beyond, the session waits for the peer
    /// to read.
    public var sendQueue = Duration.seconds(2)
    /// How long the queue may be full without a byte of it being taken, until the connection is closed with 1013.
    public var slowestReading = Duration.seconds(20)

    /// The limits of the protocol reference.
    public init() {}

    /// Bytes of a millisecond of PCM16 at 24 kHz, in Base64.
    private static let bytesPerMillisecond = 64

    /// ``sendQueue`` in bytes: full at the high mark, open again at the low one.
    var sendQueueMarks: ChannelOptions.Types.WriteBufferWaterMark {
        let high = max(
            2,
            Int(clamping: sendQueue.milliseconds).multipliedReportingOverflow(by: Self.bytesPerMillisecond).partialValue
        )
        return .init(low: high / 2, high: high)
    }

    var slowReason: String {
        "The client reads too slowly: \(sendQueue.milliseconds) ms of audio have waited for \(slowestReading.components.seconds) seconds."
    }

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
