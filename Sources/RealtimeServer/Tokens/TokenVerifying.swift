/// Tells who comes with a bearer token.
protocol TokenVerifying: Sendable {
    /// Who comes with `token`. That it is good does not mean that it permits anything; see
    /// ``Caller/refusal(of:operation:)``.
    func verify(_ token: String) async throws(TokenRefusal) -> Caller
    /// Fetches the keys of all issuers that are missing or old, so that no caller need wait for them.
    func prepare() async
    /// The roles that somebody has now whose token was good once.
    func roles(of caller: Caller) -> Set<Role>
}

extension TokenVerifying {
    /// The same as a result.
    func verified(_ token: String) async -> Result<Caller, TokenRefusal> {
        do throws(TokenRefusal) { return .success(try await verify(token)) } catch { return .failure(error) }
    }
}
