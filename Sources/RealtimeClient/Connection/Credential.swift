public import AzureIdentity

/// What a client shows to be let in. It is never printed.
public struct Credential: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    enum Kind: Sendable {
        case none
        case key(String)
        case bearer(@Sendable () async throws -> String)
    }

    let kind: Kind

    /// Nothing, for a server without keys.
    public static let none = Credential(kind: .none)

    /// A key of the resource or of the account.
    public static func key(_ key: String) -> Credential { Credential(kind: .key(key)) }

    /// A client secret (`ek_…`) that a server of yours has fetched for this client (protocol.md A.6).
    public static func clientSecret(_ secret: String) -> Credential { Credential(kind: .bearer { secret }) }

    /// A token that is asked for before each connection, for example of Microsoft Entra.
    public static func token(_ token: @escaping @Sendable () async throws -> String) -> Credential {
        Credential(kind: .bearer(token))
    }

    /// A token of Microsoft Entra, for Azure OpenAI: keyless sign-in.
    public static func token(_ credential: some TokenCredential) -> Credential {
        .token { try await credential.token().value }
    }

    /// What kind it is.
    public var description: String {
        switch kind {
        case .none: "no credential"
        case .key: "a key"
        case .bearer: "a token"
        }
    }

    /// What kind it is.
    public var debugDescription: String { description }
}
