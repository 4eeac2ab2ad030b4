public import RealtimeProtocol

/// Why a connection to a Realtime server did not come about or did not last.
public struct ClientError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The spelling used in logs.
        public let rawValue: String
        /// A code with this spelling.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The URL, a header field or a subprotocol cannot be used.
        public static let invalidRequest = Code(rawValue: "invalid_request")
        /// Nobody answered: no such host, nothing listens there, no TLS, no answer in time.
        public static let connectionFailed = Code(rawValue: "connection_failed")
        /// The server answered the handshake with an HTTP status instead of 101; see ``ClientError/refusal``.
        public static let upgradeRefused = Code(rawValue: "upgrade_refused")
        /// The connection broke without a close frame.
        public static let connectionLost = Code(rawValue: "connection_lost")
        /// The connection is closed: nothing can be sent.
        public static let connectionClosed = Code(rawValue: "connection_closed")
        /// The service sent something that is no event.
        public static let invalidMessage = Code(rawValue: "invalid_message")
        /// The service answered with an error; see ``ClientError/error``.
        public static let serverError = Code(rawValue: "server_error")
        /// The service did not answer in time.
        public static let timedOut = Code(rawValue: "timed_out")
        /// A setting is missing or cannot be used.
        public static let invalidSettings = Code(rawValue: "invalid_settings")
    }

    /// What a server answered instead of 101 (protocol.md A.3).
    public struct Refusal: Sendable, Equatable {
        /// The HTTP status.
        public var status: Int
        /// The header fields, in order.
        public var headers: [Header]
        /// The body, at most 64 KiB of it: JSON by the Realtime API's servers, anything by what stands between.
        public var body: String
    }

    /// What kind of failure it is.
    public var code: Code
    /// What failed and what mends it, in words for a person.
    public var message: String
    /// What the server answered, for ``Code/upgradeRefused``.
    public var refusal: Refusal?
    /// What the service said, for ``Code/serverError``.
    public var error: RealtimeError?
    /// The failure below, if there is one.
    public var cause: (any Error)?

    /// A failure of kind `code`.
    public init(
        _ code: Code, _ message: String, refusal: Refusal? = nil, error: RealtimeError? = nil, cause: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.refusal = refusal
        self.error = error
        self.cause = cause
    }

    /// The message.
    public var description: String { message }
}
