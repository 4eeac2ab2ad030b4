public import Foundation

/// A service principal with a secret, named by environment variables.
///
/// `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET` must be set; `AZURE_AUTHORITY_HOST` may name the
/// authority of another cloud. Azure's libraries also take a certificate (`AZURE_CLIENT_CERTIFICATE_PATH`) or a user's
/// name and password here: this one does not, and says so instead of letting another identity step in.
public struct EnvironmentCredential: TokenCredential {
    static let name = "EnvironmentCredential"

    private struct Setup: Sendable {
        var principal: ServicePrincipal
        var secret: Hidden<String>
    }

    private let setup: Result<Setup, IdentityError>
    private let cache: TokenCache

    /// The service principal that `environment` names. Nothing is asked for yet, and what is missing is said when a
    /// token is asked for.
    ///
    /// - Parameters:
    ///   - environment: The variables; this process's if not given. They are read once, here.
    ///   - now: The clock by which tokens expire.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(Surroundings(environment: environment, now: now))
    }

    init(_ surroundings: Surroundings) {
        cache = TokenCache(now: surroundings.now)
        setup = Result { () throws(IdentityError) in try Self.setup(surroundings) }
    }

    /// A token for `scopes`, from the cache or by the client credentials grant.
    ///
    /// - Throws: ``IdentityError``: ``IdentityError/Code/unavailable`` if a variable is not set.
    public func token(for scopes: [String]) async throws -> AccessToken {
        let setup = try setup.get()
        let scopes = try Scopes(scopes, for: Self.name)
        return try await cache.token(for: scopes.all) {
            try await setup.principal.token(
                for: scopes, proof: ["client_secret": setup.secret.value], hiding: setup.secret,
                advice: "Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.")
        }
    }

    private static func setup(_ surroundings: Surroundings) throws(IdentityError) -> Setup {
        guard let tenantID = surroundings["AZURE_TENANT_ID"], let clientID = surroundings["AZURE_CLIENT_ID"],
            let secret = surroundings["AZURE_CLIENT_SECRET"]
        else {
            throw lack(surroundings)
        }
        let principal = try ServicePrincipal(
            credential: name, authority: surroundings["AZURE_AUTHORITY_HOST"], tenantID: tenantID,
            clientID: clientID, surroundings: surroundings)
        return Setup(principal: principal, secret: Hidden(secret))
    }

    /// What is missing. The set-ups that Azure's libraries would take from here on stop a chain: the next credential
    /// would be an identity that nobody asked for.
    private static func lack(_ surroundings: Surroundings) -> IdentityError {
        let missing = surroundings.missing("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")
        let names = missing.listed + (missing.count == 1 ? " is" : " are") + " not set"
        let unsupported: String? =
            if surroundings["AZURE_CLIENT_CERTIFICATE_PATH"] != nil {
                "a certificate (AZURE_CLIENT_CERTIFICATE_PATH)"
            } else if surroundings.missing("AZURE_USERNAME", "AZURE_PASSWORD").isEmpty {
                "a user's name and password (AZURE_USERNAME, AZURE_PASSWORD)"
            } else {
                nil
            }
        guard let unsupported else { return IdentityError(.unavailable, credential: name, names) }
        return IdentityError(
            missing == ["AZURE_CLIENT_SECRET"] ? .invalidConfiguration : .unavailable, credential: name,
            "\(names), and \(unsupported) is not supported here; set AZURE_CLIENT_SECRET, or remove those variables")
    }
}
