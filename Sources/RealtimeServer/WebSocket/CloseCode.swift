/// Why a WebSocket was closed (protocol.md A.4, RFC 6455 section 7.4).
public struct CloseCode: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number on the wire, 1000 to 4999.
    public let rawValue: UInt16
    /// The code with this number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000: done.
    public static let normal = CloseCode(rawValue: 1000)
    /// 1001: the server is shutting down, or the session reached its longest duration.
    public static let goingAway = CloseCode(rawValue: 1001)
    /// 1002: the peer broke the WebSocket protocol.
    public static let protocolError = CloseCode(rawValue: 1002)
    /// 1005: the peer closed without a code. Never sent.
    public static let noCode = CloseCode(rawValue: 1005)
    /// 1006: the connection was lost without a closing handshake. Never sent.
    public static let lost = CloseCode(rawValue: 1006)
    /// 1007: a text message was not UTF-8.
    public static let invalidText = CloseCode(rawValue: 1007)
    /// 1009: a message was too large.
    public static let tooLarge = CloseCode(rawValue: 1009)
    /// 1011: an error inside the server, or no answer to pings.
    public static let internalError = CloseCode(rawValue: 1011)
    /// 1013: too busy, try again later.
    public static let tryAgainLater = CloseCode(rawValue: 1013)
    /// 3000: authentication failed (protocol.md A.3).
    public static let authenticationFailed = CloseCode(rawValue: 3000)
    /// 4000: bad parameters of the connection (protocol.md A.3).
    public static let badParameters = CloseCode(rawValue: 4000)

    /// Whether the code may stand in a close frame.
    var isSendable: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// The number.
    public var description: String { "\(rawValue)" }
}
