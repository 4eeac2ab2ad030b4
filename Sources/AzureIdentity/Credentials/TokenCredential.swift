/// Something that gives tokens for services of Azure.
public protocol TokenCredential: Sendable {
    /// A token for `scopes`, from a cache while it is fresh.
    ///
    /// - Parameter scopes: What the token is for, as `https://cognitiveservices.azure.com/.default`; at least one.
    ///   Managed identities and the Azure CLI serve exactly one.
    /// - Returns: A token that is still accepted.
    /// - Throws: ``IdentityError``, or `CancellationError` if the caller's task was cancelled.
    func token(for scopes: [String]) async throws -> AccessToken
}

extension TokenCredential {
    /// A token for Azure OpenAI: for ``AccessToken/cognitiveServices``.
    public func token() async throws -> AccessToken {
        try await token(for: [AccessToken.cognitiveServices])
    }
}
