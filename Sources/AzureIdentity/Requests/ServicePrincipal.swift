import Foundation

/// An application registered in Entra ID, which proves itself and is given a token (the client credentials grant).
struct ServicePrincipal: Sendable {
    private let endpoint: TokenEndpoint
    private let clientID: String

    /// The directory of the public cloud.
    static let publicCloud = "https://login.microsoftonline.com"

    /// The application `clientID` of the directory `tenantID` at `authority` (the value of `AZURE_AUTHORITY_HOST`, or
    /// nil for the public cloud's).
    init(
        credential: String, authority: String?, tenantID: String, clientID: String, surroundings: Surroundings
    ) throws(IdentityError) {
        let root = try Self.root(authority ?? Self.publicCloud, credential: credential)
        guard tenantID.isWord(with: "-.") else {
            throw IdentityError(
                .invalidConfiguration, credential: credential,
                "the tenant \"\(tenantID.quotable(limit: 100))\" is no identifier and no domain: letters, digits, - and . "
                    + "make one; correct AZURE_TENANT_ID")
        }
        let url = root.appendingPathComponent(tenantID).appendingPathComponent("oauth2/v2.0/token")
        endpoint = TokenEndpoint(credential: credential, url: url, retries: .service, surroundings: surroundings)
        self.clientID = clientID
    }

    /// A token for `scopes`, on the strength of `proof`, which holds `secret`.
    func token(
        for scopes: Scopes, proof: FormFields, hiding secret: Hidden<String>, advice: String
    ) async throws -> AccessToken {
        let fields: FormFields = [
            "grant_type": "client_credentials", "client_id": clientID, "scope": scopes.joined,
        ]
        let reply = try await endpoint.reply(to: endpoint.post(fields + proof))
        return try endpoint.token(in: reply, hiding: [secret.value], advice: advice)
    }

    /// The authority's URL. Secrets travel to it, so that it must be `https`, except on this machine itself.
    private static func root(_ text: String, credential: String) throws(IdentityError) -> URL {
        let full = text.contains("://") ? text : "https://\(text)"
        let parts = URLComponents(string: full, encodingInvalidCharacters: false)
        let isLocal = ["localhost", "127.0.0.1", "::1", "[::1]"].contains(parts?.host ?? "")
        let isSafe = parts?.scheme == "https" || (parts?.scheme == "http" && isLocal)
        guard let parts, let url = parts.url, parts.host?.isEmpty == false, parts.user == nil, parts.query == nil,
            parts.fragment == nil, isSafe
        else {
            throw IdentityError(
                .invalidConfiguration, credential: credential,
                "AZURE_AUTHORITY_HOST is no https URL of an authority; leave it unset for \(publicCloud)")
        }
        return url
    }
}
