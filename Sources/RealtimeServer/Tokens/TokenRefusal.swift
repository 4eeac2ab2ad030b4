/// Why a token opens nothing. No part of it holds the token.
struct TokenRefusal: Error, Sendable, Hashable {
    enum Cause: String, Sendable, Hashable {
        case tooLong, malformed, algorithm, issuer, key, signature, audience, tenant, expired, notYetValid
        /// The token may be good: its issuer's keys could not be had.
        case unreachable
        /// The token is good; none of the caller's roles permits what was asked.
        case role
    }

    let cause: Cause
    /// For the client: what is wrong and what mends it. Says nothing of the token that was not verified.
    let explanation: String
    /// For the log: more of it, with text of the token that may not have been verified.
    let reason: String

    init(_ cause: Cause, _ explanation: String, reason: String) {
        self.cause = cause
        self.explanation = explanation
        self.reason = reason
    }

    /// The HTTP status.
    var status: Int {
        switch cause {
        case .role: 403
        case .unreachable: 503
        default: 401
        }
    }

    /// What an error body of Azure has as its code (protocol.md A.3).
    var code: String {
        switch cause {
        case .role: "PermissionDenied"
        case .unreachable: "ServiceUnavailable"
        default: "401"
        }
    }

    /// What an error body of Azure has as its message (protocol.md A.3).
    var message: String {
        status == 401
            ? "Access denied due to invalid subscription key or wrong API endpoint. \(explanation)" : explanation
    }

    /// An API key where a role is needed, which only a token can have.
    static func keyCannotManage(_ operation: String) -> TokenRefusal {
        let needed = Role.Permission.management.roles.map(\.rawValue).joined(separator: ", ")
        return TokenRefusal(
            .role,
            "An API key permits sessions, not `\(operation.forLog)`: this server has token issuers, so that needs a token whose"
                + " principal has one of these roles: \(needed).",
            reason: "an API key was shown for `\(operation.forLog)`")
    }

    /// Seconds after which it is worth trying again.
    var retryAfter: Int? { cause == .unreachable ? KeySchedule.standard.pause : nil }
}
