public import Foundation

/// The identity of a Kubernetes service account, which Entra ID trusts by federation.
///
/// The webhook of Azure Workload Identity sets `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and `AZURE_FEDERATED_TOKEN_FILE`,
/// and perhaps `AZURE_AUTHORITY_HOST`. The file's token is rotated by the cluster, so that it is read for each request.
public struct WorkloadIdentityCredential: TokenCredential {
    static let name = "WorkloadIdentityCredential"

    private struct Setup: Sendable {
        var principal: ServicePrincipal
        var file: String
    }

    private let setup: Result<Setup, IdentityError>
    private let cache: TokenCache

    /// The identity that the arguments, and for those not given the environment, name. What is missing is said when a
    /// token is asked for.
    ///
    /// - Parameters:
    ///   - tenantID: The directory; `AZURE_TENANT_ID` if not given.
    ///   - clientID: The application or user-assigned identity; `AZURE_CLIENT_ID` if not given.
    ///   - tokenFile: The path of the service account's token; `AZURE_FEDERATED_TOKEN_FILE` if not given.
    ///   - environment: The variables; this process's if not given. They are read once, here.
    ///   - now: The clock by which tokens expire.
    public init(
        tenantID: String? = nil, clientID: String? = nil, tokenFile: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        var environment = environment
        environment["AZURE_TENANT_ID"] = tenantID ?? environment["AZURE_TENANT_ID"]
        environment["AZURE_CLIENT_ID"] = clientID ?? environment["AZURE_CLIENT_ID"]
        environment["AZURE_FEDERATED_TOKEN_FILE"] = tokenFile ?? environment["AZURE_FEDERATED_TOKEN_FILE"]
        self.init(Surroundings(environment: environment, now: now))
    }

    init(_ surroundings: Surroundings) {
        cache = TokenCache(now: surroundings.now)
        setup = Result { () throws(IdentityError) in try Self.setup(surroundings) }
    }

    /// A token for `scopes`, from the cache or in exchange for the service account's.
    ///
    /// - Throws: ``IdentityError``: ``IdentityError/Code/unavailable`` if a variable is not set,
    ///   ``IdentityError/Code/invalidConfiguration`` if the file cannot be read.
    public func token(for scopes: [String]) async throws -> AccessToken {
        let setup = try setup.get()
        let scopes = try Scopes(scopes, for: Self.name)
        return try await cache.token(for: scopes.all) {
            let assertion = try Self.assertion(in: setup.file)
            return try await setup.principal.token(
                for: scopes,
                proof: [
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "client_assertion": assertion.value,
                ], hiding: assertion,
                advice:
                    "Check the federated credential of this identity: issuer, subject and audience must be those of "
                    + "the service account's token.")
        }
    }

    private static func setup(_ surroundings: Surroundings) throws(IdentityError) -> Setup {
        guard let tenantID = surroundings["AZURE_TENANT_ID"], let clientID = surroundings["AZURE_CLIENT_ID"],
            let file = surroundings["AZURE_FEDERATED_TOKEN_FILE"]
        else {
            let missing = surroundings.missing("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE")
            throw IdentityError(
                .unavailable, credential: name, missing.listed + (missing.count == 1 ? " is" : " are") + " not set")
        }
        let principal = try ServicePrincipal(
            credential: name, authority: surroundings["AZURE_AUTHORITY_HOST"], tenantID: tenantID,
            clientID: clientID, surroundings: surroundings)
        return Setup(principal: principal, file: file)
    }

    private static func assertion(in file: String) throws -> Hidden<String> {
        let limit = 64 << 10
        var content: Data?
        var cause: (any Error)?
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
            defer { try? handle.close() }
            content = try handle.read(upToCount: limit)
        } catch {
            cause = error
        }
        let text = String(decoding: content ?? Data(), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.isVisibleASCII, text.utf8.count < limit else {
            let what = cause == nil ? "holds no token" : "cannot be read"
            throw IdentityError(
                .invalidConfiguration, credential: name, "the file \(file) of AZURE_FEDERATED_TOKEN_FILE \(what)",
                cause: cause)
        }
        return Hidden(text)
    }
}
