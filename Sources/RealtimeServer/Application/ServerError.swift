/// Why the server did not start, or could not do what it was asked.
public struct ServerError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The spelling used in logs.
        public let rawValue: String
        /// A code with this spelling.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The configuration file or a setting is wrong.
        public static let invalidConfiguration = Code(rawValue: "invalid_configuration")
        /// Other machines could reach the server and it has no API key.
        public static let keyRequired = Code(rawValue: "key_required")
        /// Another program listens there.
        public static let addressTaken = Code(rawValue: "address_taken")
        /// TLS cannot be served with the certificate and the key that were given.
        public static let certificateUnusable = Code(rawValue: "certificate_unusable")
        /// The database can't be used.
        public static let databaseFailed = Code(rawValue: "database_failed")
        /// The connection is closed: nothing can be sent.
        public static let connectionClosed = Code(rawValue: "connection_closed")
    }

    /// What kind of failure it is.
    public var code: Code
    /// What failed and what mends it, in words for a person.
    public var message: String
    /// The failure below, if there is one.
    public var cause: (any Error)?

    /// A failure of kind `code`.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The message.
    public var description: String { message }

    static func connectionClosed(_ code: CloseCode?) -> ServerError {
        let why = code.map { " (\($0))" } ?? ""
        return ServerError(.connectionClosed, "The WebSocket is closed\(why); nothing more can be sent on it.")
    }
}
