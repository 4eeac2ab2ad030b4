/// Why a credential, or a chain of them, gave no token. No part of it ever holds a secret or a token.
public struct IdentityError: Error, Sendable, CustomStringConvertible {
    /// The kind of a failure. More may be added.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The spelling used in logs.
        public let rawValue: String
        /// A code with this spelling.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The credential has nothing to work with here: a variable is not set, the machine has no managed identity,
        /// the Azure CLI is missing or nobody is logged in. A chain goes on to its next credential.
        public static let unavailable = Code(rawValue: "unavailable")
        /// The authority answered with an error; see ``IdentityError/refusal``.
        public static let refused = Code(rawValue: "refused")
        /// The authority did not answer: no such host, nothing listens there, no TLS, no answer in time.
        public static let unreachable = Code(rawValue: "unreachable")
        /// What answered is no token endpoint: not JSON, no token in it, no expiry, too long.
        public static let invalidResponse = Code(rawValue: "invalid_response")
        /// A setting is there and cannot be used, or a scope cannot be asked for.
        public static let invalidConfiguration = Code(rawValue: "invalid_configuration")
        /// A credential of another module failed in its own way; see ``IdentityError/cause``.
        public static let other = Code(rawValue: "other")
    }

    /// What an authority answered instead of a token.
    public struct Refusal: Sendable, Equatable {
        /// The HTTP status, or the exit status of `az`.
        public var status: Int
        /// The error's code, as `invalid_client`; empty if there was none.
        public var code: String
        /// The authority's own words in one line of at most 600 characters; empty if there were none.
        public var description: String
    }

    /// What kind of failure it is; of a chain, the kind of the failure that stopped it.
    public var code: Code
    /// Who failed: `EnvironmentCredential`, for one.
    public var credential: String
    /// What failed and what mends it, in words for a person.
    public var message: String
    /// What the authority answered, for ``Code/refused``.
    public var refusal: Refusal?
    /// Of a chain: why each of its credentials did not serve, in the order in which they were asked.
    public var attempts: [IdentityError]
    /// The failure below, if there is one.
    public var cause: (any Error)?

    /// A failure of kind `code`.
    public init(
        _ code: Code, credential: String, _ message: String, refusal: Refusal? = nil, attempts: [IdentityError] = [],
        cause: (any Error)? = nil
    ) {
        self.code = code
        self.credential = credential
        self.message = message
        self.refusal = refusal
        self.attempts = attempts
        self.cause = cause
    }

    /// The credential's name and the message; of a chain, the reason of each credential on a line of its own between
    /// what happened and what mends it.
    public var description: String {
        let reasons = attempts.map { "\n  - \($0.description)" }.joined()
        let lines = message.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        guard !reasons.isEmpty, let first = lines.first else { return "\(credential): \(message)" }
        let advice = lines.dropFirst().map { "\n\($0)" }.joined()
        return "\(credential): \(first)\(reasons)\(advice)"
    }
}
