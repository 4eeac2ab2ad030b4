import Foundation

/// Credentials that are asked in turn, until one serves. From then on that one alone is asked.
///
/// The rule is that of Azure's libraries: only ``IdentityError/Code/unavailable`` lets the chain go on. A credential
/// that has what it needs and fails is a mistake to be mended, and another identity in its place would hide it.
/// (``DefaultAzureCredential`` goes on after any failure of a developer's tool.)
public struct ChainedTokenCredential: TokenCredential {
    /// One link of the chain.
    struct Link: Sendable {
        var credential: any TokenCredential
        /// Whether any failure lets the chain go on.
        var isDeveloperTool = false
    }

    private let name: String
    private let links: [Link]
    private let advice: String
    private let served = Remembered<Int>()

    /// A chain of `credentials`, asked in this order.
    public init(_ credentials: any TokenCredential...) {
        self.init(credentials)
    }

    /// A chain of `credentials`, asked in this order; at least one, or every request fails.
    public init(_ credentials: [any TokenCredential]) {
        self.init(
            name: "ChainedTokenCredential", links: credentials.map { Link(credential: $0) },
            advice: "Mend one of them.")
    }

    init(name: String, links: [Link], advice: String) {
        self.name = name
        self.links = links
        self.advice = advice
    }

    /// A token of the first credential that serves, or of the one that served before.
    ///
    /// - Throws: ``IdentityError`` whose ``IdentityError/attempts`` and description say for each credential that was
    ///   asked why it did not serve. What the credential that served before throws is passed on as it is.
    public func token(for scopes: [String]) async throws -> AccessToken {
        guard !links.isEmpty else {
            throw IdentityError(.invalidConfiguration, credential: name, "the chain holds no credential")
        }
        if let index = served.value { return try await links[index].credential.token(for: scopes) }
        var attempts: [IdentityError] = []
        for (index, link) in links.enumerated() {
            do {
                let token = try await link.credential.token(for: scopes)
                served.value = index
                return token
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                let error = Self.identityError(error, of: link.credential)
                attempts += error.attempts.isEmpty ? [error] : error.attempts
                if error.code != .unavailable, !link.isDeveloperTool {
                    throw stopped(by: error, attempts)
                }
            }
        }
        throw IdentityError(
            .unavailable, credential: name, "no credential could give a token:\n\(advice)", attempts: attempts)
    }

    private func stopped(by error: IdentityError, _ attempts: [IdentityError]) -> IdentityError {
        IdentityError(
            error.code, credential: name,
            "\(error.credential) is set up and failed, so that no other credential was asked:", refusal: error.refusal,
            attempts: attempts, cause: error)
    }

    private static func identityError(_ error: any Error, of credential: any TokenCredential) -> IdentityError {
        if let error = error as? IdentityError { return error }
        let name = String(describing: type(of: credential))
        // Its own words are not quoted: nobody vouches that they hold no secret.
        return IdentityError(.other, credential: name, "failed with \(type(of: error))", cause: error)
    }
}
