public import Foundation

/// The managed identity of the machine or service that this process runs on.
///
/// With `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` it asks App Service (also Functions and Container Apps), else the
/// instance metadata service at 169.254.169.254, or at `AZURE_POD_IDENTITY_AUTHORITY_HOST`. The metadata service must be
/// reached directly: where a proxy is set for `http`, name the address in `NO_PROXY`.
public struct ManagedIdentityCredential: TokenCredential {
    static let name = "ManagedIdentityCredential"

    private let setup: Result<ManagedIdentityEndpoint, IdentityError>
    private let clientID: String?
    private let probeTimeout: Duration?
    private let hasAnswered = Remembered<Bool>()
    private let cache: TokenCache
    private let now: @Sendable () -> Date

    /// The identity of this machine. Nothing is asked for yet.
    ///
    /// - Parameters:
    ///   - clientID: The client id of a user-assigned identity; nil for the system-assigned one. `AZURE_CLIENT_ID` is
    ///     not read here, as in Azure's libraries; ``DefaultAzureCredential`` does.
    ///   - probeTimeout: How long the metadata service may take to give its first sign of life, so that a machine
    ///     outside Azure does not wait for minutes; 1 second if not given. With nil it is not probed. App Service never is.
    ///   - environment: The variables; this process's if not given. They are read once, here.
    ///   - now: The clock by which tokens expire.
    public init(
        clientID: String? = nil, probeTimeout: Duration? = .seconds(1),
        environment: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(
            clientID: clientID, probeTimeout: probeTimeout, Surroundings(environment: environment, now: now))
    }

    init(clientID: String?, probeTimeout: Duration? = .seconds(1), _ surroundings: Surroundings) {
        self.clientID = clientID
        self.probeTimeout = probeTimeout
        now = surroundings.now
        cache = TokenCache(now: surroundings.now)
        setup = Result { () throws(IdentityError) in
            try ManagedIdentityEndpoint(surroundings, credential: Self.name)
        }
    }

    /// A token for the one scope in `scopes`, from the cache or from the machine.
    ///
    /// - Throws: ``IdentityError``: ``IdentityError/Code/unavailable`` if this machine has no managed identity.
    public func token(for scopes: [String]) async throws -> AccessToken {
        let endpoint = try setup.get()
        let scopes = try Scopes(scopes, for: Self.name)
        let resource = try scopes.resource
        return try await cache.token(for: scopes.all) {
            if case .instanceMetadata = endpoint.host { try await probe(endpoint, resource) }
            let request = endpoint.request(resource: resource, clientID: clientID)
            return try token(in: try await endpoint.endpoint.reply(to: request), of: endpoint)
        }
    }

    /// A machine outside Azure is told from one inside by a request that must be answered at once. Only the yes is
    /// remembered.
    private func probe(_ endpoint: ManagedIdentityEndpoint, _ resource: String) async throws {
        guard let probeTimeout, hasAnswered.value != true else { return }
        do {
            _ = try await HTTPClient.reply(to: endpoint.probe(resource: resource), within: probeTimeout)
            hasAnswered.value = true
        } catch let failure as HTTPFailure {
            let reason = endpoint.endpoint.error(for: failure).message
            throw IdentityError(
                .unavailable, credential: Self.name,
                "no managed identity here: the instance metadata service at \(reason)", cause: failure)
        }
    }

    private func token(in reply: HTTPReply, of endpoint: ManagedIdentityEndpoint) throws -> AccessToken {
        do {
            var token = try endpoint.endpoint.token(in: reply, hiding: endpoint.secrets)
            // Azure's libraries replace the long tokens of managed identities after half of their life.
            let life = token.expiresOn.timeIntervalSince(now())
            if token.refreshOn == nil, life >= 7200 { token.refreshOn = now() + life / 2 }
            return token
        } catch let error as IdentityError {
            throw verdict(on: error, status: reply.status, endpoint)
        }
    }

    /// Some failures of the metadata service mean that there is no identity here, so that a chain goes on.
    private func verdict(
        on error: IdentityError, status: Int, _ endpoint: ManagedIdentityEndpoint
    ) -> IdentityError {
        guard case .instanceMetadata = endpoint.host else { return error }
        var error = error
        let words = error.refusal?.description ?? ""
        if status == 400, error.code == .refused {
            error.code = .unavailable
            error.message =
                clientID.map { "the identity \($0.quotable(limit: 100)) is not assigned to this machine" }
                ?? "no identity is assigned to this machine"
            error.message += words.isEmpty ? "" : " (\(words))"
        } else if error.code == .invalidResponse || (status == 403 && words.contains("unreachable")) {
            // Not the metadata service, but a proxy or a container runtime that answers in its place.
            error.code = .unavailable
            error.message = "no managed identity here: \(error.message)"
        }
        return error
    }
}
