import Logging
import Synchronization

/// What of the configuration says who may do what, ready to be asked.
struct AccessRules: Sendable {
    var origins = OriginRule()
    /// `nil` where no issuer is trusted.
    var tokens: (any TokenVerifying)?
    var keyLimits: [String: Limits] = [:]
    var longestWaitMs = 0

    init() {}

    init(_ configuration: ServerConfiguration, logger: Logger) throws {
        origins = OriginRule(configuration.allowedOrigins)
        keyLimits = configuration.keyLimits
        longestWaitMs = configuration.longestWaitMs
        guard !configuration.tokenIssuers.isEmpty else { return }
        do {
            tokens = try TokenVerifier(
                issuers: configuration.tokenIssuers, assignments: configuration.roleAssignments, logger: logger)
        } catch {
            throw ServerError(.invalidConfiguration, "token-issuers.\(error.setting): \(error.message)", cause: error)
        }
    }
}

/// The rules as they are now.
final class CurrentAccessRules: Sendable {
    private let rules: Mutex<AccessRules>

    init(_ rules: AccessRules) { self.rules = Mutex(rules) }

    var value: AccessRules {
        get { rules.withLock { $0 } }
        set { rules.withLock { $0 = newValue } }
    }
}
