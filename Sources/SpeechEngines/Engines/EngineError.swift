/// Why an engine could not do what it was asked.
public struct EngineError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of a failure. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The spelling that reaches a client as `status_details.error.code`.
        public let rawValue: String
        /// A code with this spelling.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A model file or library is missing.
        public static let modelMissing = Code(rawValue: "model_missing")
        /// A model file was refused by its library.
        public static let modelRefused = Code(rawValue: "model_refused")
        /// The engine was asked for something it cannot do (a language, a voice, too long a prompt).
        public static let unsupported = Code(rawValue: "engine_unsupported")
        /// The context of the language model is full.
        public static let contextFull = Code(rawValue: "conversation_too_long")
        /// The engine failed while it worked.
        public static let failed = Code(rawValue: "engine_failed")
        /// More was asked for than is allowed; the message says for how long.
        public static let rateLimited = Code(rawValue: "rate_limit_exceeded")
        /// The engine is being closed.
        public static let closed = Code(rawValue: "engine_closed")
    }

    /// What kind of failure it is.
    public var code: Code
    /// What failed and what mends it, in words for a person.
    public var message: String

    /// A failure of kind `code`.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
