public import Foundation

/// The identity that fits where the process runs: the same program works in Azure and on a developer's machine.
///
/// Asked in this order, until one serves: ``EnvironmentCredential``, ``WorkloadIdentityCredential``,
/// ``ManagedIdentityCredential`` and, on macOS and Linux, `AzureCLICredential`. `AZURE_TOKEN_CREDENTIALS` narrows it:
/// `prod` keeps the first three, `dev` the last, and a credential's name that one alone; letter case does not matter.
///
/// The first three stop the chain if they are set up and fail. A failure of the Azure CLI, as a developer's tool, lets
/// it go on.
public struct DefaultAzureCredential: TokenCredential {
    static let name = "DefaultAzureCredential"
    static let variable = "AZURE_TOKEN_CREDENTIALS"

    private let chain: Result<ChainedTokenCredential, IdentityError>

    /// The chain for `environment`. Nothing is asked for yet.
    ///
    /// - Parameters:
    ///   - managedIdentityClientID: The client id of a user-assigned managed identity; `AZURE_CLIENT_ID` if not given,
    ///     and without that the system-assigned identity.
    ///   - environment: The variables; this process's if not given. They are read once, here.
    ///   - now: The clock by which tokens expire.
    public init(
        managedIdentityClientID: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(
            managedIdentityClientID: managedIdentityClientID, Surroundings(environment: environment, now: now))
    }

    init(managedIdentityClientID: String? = nil, _ surroundings: Surroundings) {
        chain = Result { () throws(IdentityError) in
            try Self.chain(surroundings, managedIdentityClientID ?? surroundings["AZURE_CLIENT_ID"])
        }
    }

    /// A token of the first credential that serves, or of the one that served before.
    ///
    /// - Throws: ``IdentityError`` as ``ChainedTokenCredential`` does, and ``IdentityError/Code/invalidConfiguration``
    ///   if `AZURE_TOKEN_CREDENTIALS` names nothing that is here.
    public func token(for scopes: [String]) async throws -> AccessToken {
        try await chain.get().token(for: scopes)
    }

    /// A link, its name for `AZURE_TOKEN_CREDENTIALS` and how to make it work.
    private struct Choice {
        var name: String
        var advice: String
        var link: ChainedTokenCredential.Link
    }

    private static func chain(
        _ surroundings: Surroundings, _ clientID: String?
    ) throws(IdentityError) -> ChainedTokenCredential {
        let wish = surroundings[variable]?.trimmingCharacters(in: .whitespaces).lowercased() ?? ""
        let onlyManaged = wish == ManagedIdentityCredential.name.lowercased()
        var choices = [
            Choice(
                name: EnvironmentCredential.name,
                advice: "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET",
                link: .init(credential: EnvironmentCredential(surroundings))),
            Choice(
                name: WorkloadIdentityCredential.name, advice: "enable workload identity for this pod",
                link: .init(credential: WorkloadIdentityCredential(surroundings))),
            // Asked for by name, it is given its full time to wake up, as in Azure's libraries.
            Choice(
                name: ManagedIdentityCredential.name, advice: "assign a managed identity to this machine",
                link: .init(
                    credential: ManagedIdentityCredential(
                        clientID: clientID, probeTimeout: onlyManaged ? nil : .seconds(1), surroundings))),
        ]
        #if os(macOS) || os(Linux)
        choices.append(
            Choice(
                name: AzureCLICredential.name, advice: "install the Azure CLI and run az login",
                link: .init(credential: AzureCLICredential(surroundings), isDeveloperTool: true)))
        #endif
        let kept = choices.filter { choice in
            switch wish {
            case "": true
            case "prod": !choice.link.isDeveloperTool
            case "dev": choice.link.isDeveloperTool
            default: choice.name.lowercased() == wish
            }
        }
        guard !kept.isEmpty else {
            throw IdentityError(
                .invalidConfiguration, credential: name,
                "\(variable) is \"\(wish.quotable(limit: 60))\", which names no credential here; leave it unset, or choose "
                    + "one of prod, dev, " + choices.map(\.name).listed)
        }
        let advice = kept.map(\.advice)
        let ways = advice.dropLast().joined(separator: ", ") + (advice.count > 1 ? ", or " : "") + (advice.last ?? "")
        return ChainedTokenCredential(name: name, links: kept.map(\.link), advice: "To mend it, \(ways).")
    }
}
