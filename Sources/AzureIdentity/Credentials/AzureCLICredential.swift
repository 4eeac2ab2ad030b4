#if os(macOS) || os(Linux)
public import Foundation

/// Whoever is logged in to the Azure CLI: runs `az account get-access-token`.
public struct AzureCLICredential: TokenCredential {
    static let name = "AzureCLICredential"

    private let tenantID: String?
    private let timeout: Duration
    private let cache: TokenCache
    private let now: @Sendable () -> Date
    private let environment: Hidden<[String: String]>

    /// Whoever is logged in.
    ///
    /// - Parameters:
    ///   - tenantID: The directory whose token is wanted; the CLI's current one if not given.
    ///   - timeout: How long `az` may take before it is killed; 10 seconds if not given.
    ///   - environment: The variables `az` runs with, of which `PATH` says where it is; this process's if not given.
    ///   - now: The clock by which tokens expire.
    public init(
        tenantID: String? = nil, timeout: Duration = .seconds(10),
        environment: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(tenantID: tenantID, timeout: timeout, Surroundings(environment: environment, now: now))
    }

    init(tenantID: String? = nil, timeout: Duration = .seconds(10), _ surroundings: Surroundings) {
        self.tenantID = tenantID
        self.timeout = timeout
        now = surroundings.now
        environment = surroundings.environment
        cache = TokenCache(now: surroundings.now)
    }

    /// A token for the one scope in `scopes`, from the cache or from `az`.
    ///
    /// - Throws: ``IdentityError``: ``IdentityError/Code/unavailable`` if `az` is missing, nobody is logged in or it
    ///   took too long, ``IdentityError/Code/refused`` if it failed otherwise.
    public func token(for scopes: [String]) async throws -> AccessToken {
        let scopes = try Scopes(scopes, for: Self.name)
        var arguments = ["account", "get-access-token", "--output", "json", "--resource", try scopes.resource]
        if let tenantID {
            guard tenantID.isWord(with: "-.") else {
                throw IdentityError(
                    .invalidConfiguration, credential: Self.name,
                    "the tenant \"\(tenantID.quotable(limit: 100))\" is no identifier and no domain")
            }
            arguments += ["--tenant", tenantID]
        }
        return try await cache.token(for: scopes.all) { [arguments] in
            try token(in: try await output(arguments))
        }
    }

    private func output(_ arguments: [String]) async throws -> Command.Output {
        guard let az = Command.find("az", in: environment.value["PATH"] ?? "") else {
            throw IdentityError(
                .unavailable, credential: Self.name,
                "az is not on the PATH: install the Azure CLI, then run az login")
        }
        var variables = environment.value
        variables["AZURE_CORE_NO_COLOR"] = "true"
        let command = Command(executable: az, arguments: arguments, environment: Hidden(variables))
        do {
            return try await command.output(within: timeout)
        } catch let failure as Command.Failure {
            let reason =
                switch failure {
                case .timedOut: "did not answer within \(timeout.inSeconds) and was killed"
                case .tooLong: "printed more than \(Command.limit >> 20) MiB"
                case .notStarted: "could not be started"
                }
            throw IdentityError(
                .unavailable, credential: Self.name, "\(az) \(reason); try az account show", cause: failure)
        }
    }

    private func token(in output: Command.Output) throws -> AccessToken {
        guard output.status == 0 else { throw refusal(output) }
        guard let reply = try? JSONDecoder().decode(CLIReply.self, from: output.text),
            let token = reply.accessToken(timeZone: .current)
        else {
            // Not quoted: it may hold a token.
            throw IdentityError(
                .invalidResponse, credential: Self.name,
                "az printed \(output.text.count) bytes that are not the JSON of a token; try az upgrade")
        }
        return token
    }

    private func refusal(_ output: Command.Output) -> IdentityError {
        let words = String(decoding: output.errors, as: UTF8.self)
        let line = CLIReply.withoutTokens(words).quotable()
        if output.status == 127 || words.contains("az: not found") || words.contains("az: command not found") {
            return IdentityError(
                .unavailable, credential: Self.name,
                "az could not run (\(line)): install the Azure CLI, then run az login")
        }
        let refusal = IdentityError.Refusal(status: Int(output.status), code: "", description: line)
        if words.contains("az login") || words.contains("az account set") {
            // With a code of Entra ID there is more to know than that nobody is logged in: an expired login, for one.
            let detail = words.contains("AADSTS") ? " (\(line))" : ""
            return IdentityError(
                .unavailable, credential: Self.name, "nobody is logged in to the Azure CLI: run az login\(detail)",
                refusal: refusal)
        }
        return IdentityError(
            .refused, credential: Self.name,
            "az ended with status \(output.status)" + (line.isEmpty ? " and no message" : ": \(line)"),
            refusal: refusal)
    }
}
#endif
