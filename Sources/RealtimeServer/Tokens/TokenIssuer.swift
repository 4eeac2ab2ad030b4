/// Somebody whose tokens are trusted: an OpenID Connect provider, such as one tenant of Microsoft Entra.
public struct TokenIssuer: Sendable, Hashable {
    /// What Azure's clients ask tokens for: the scopes `https://cognitiveservices.azure.com/.default` and
    /// `https://ai.azure.com/.default` (protocol.md A.2). Entra writes either with or without the slash.
    public static let azureAudiences = ["https://cognitiveservices.azure.com", "https://ai.azure.com"].flatMap {
        [$0, $0 + "/"]
    }

    /// How many seconds two clocks may be apart, unless it is set.
    public static let standardClockSkew = 300
    /// The most that can be set.
    public static let mostClockSkew = 600

    /// The issuer's name, a URL. A token's `iss` and the issuer's own document must say exactly this.
    public let url: String
    /// A token's `aud` must say one of these exactly.
    public let audiences: Set<String>
    /// A token's `tid` must be one of these, in lower case; any will do, or none, if there are none here.
    public let tenants: Set<String>
    /// How many seconds a token is still accepted after it expired, or before it begins.
    public let clockSkew: Int

    /// An issuer.
    ///
    /// - Parameters:
    ///   - url: with `https`; `http` only if the host is this machine.
    ///   - audiences: whom the tokens are made for; one or more.
    ///   - tenants: empty to accept all tenants of the issuer.
    ///   - clockSkew: seconds, 0 to ``mostClockSkew``.
    public init(
        _ url: String, audiences: [String] = azureAudiences, tenants: [String] = [],
        clockSkew: Int = standardClockSkew
    ) throws(TokenSettingError) {
        guard let address = TrustedAddress(url), !address.hasQuery else {
            throw TokenSettingError(
                "issuer",
                "\"\(url.forLog)\" cannot be an issuer. Give the URL that its tokens have as iss: https, a host and no"
                    + " query, for example https://login.microsoftonline.com/<tenant id>/v2.0; http is good only for a"
                    + " host of this machine, such as http://127.0.0.1:8089.")
        }
        guard !audiences.isEmpty, audiences.allSatisfy({ !$0.isEmpty }) else {
            throw TokenSettingError(
                "audiences",
                "At least one audience is needed, and none may be empty; else a token made for any other service would"
                    + " be accepted. Leave audiences out for \(Self.azureAudiences[0]).")
        }
        guard tenants.allSatisfy({ !$0.isEmpty }) else {
            throw TokenSettingError(
                "tenants", "A tenant must not be empty. Give the tenant's id, or leave tenants out to accept all.")
        }
        guard (0...Self.mostClockSkew).contains(clockSkew) else {
            throw TokenSettingError(
                "clock-skew",
                "\(clockSkew) seconds are out of range: 0 to \(Self.mostClockSkew). Leave it out for"
                    + " \(Self.standardClockSkew).")
        }
        self.url = url
        self.audiences = Set(audiences)
        self.tenants = Set(tenants.map { $0.lowercased() })
        self.clockSkew = clockSkew
    }

    /// Where the issuer describes itself (OpenID Connect Discovery 1.0, section 4).
    var discoveryURL: String {
        (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/.well-known/openid-configuration"
    }
}
