/// Why audio could not be read, written or converted.
public struct AudioError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of a failure. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The spelling used in logs.
        public let rawValue: String
        /// A code with this spelling.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The bytes are not a RIFF/WAVE file, or are one that is cut short or contradicts itself.
        public static let malformedFile = Code(rawValue: "malformed_file")
        /// A well-formed file whose encoding or number of channels is not supported.
        public static let unsupportedFormat = Code(rawValue: "unsupported_format")
        /// A sample rate that nothing here can convert.
        public static let unsupportedRate = Code(rawValue: "unsupported_rate")
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
