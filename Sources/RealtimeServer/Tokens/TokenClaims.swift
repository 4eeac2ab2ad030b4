/// What a token says (RFC 7519 section 4.1, and what Entra adds).
struct TokenClaims: Sendable, Decodable {
    var issuer: String
    var subject: String?
    var objectID: String?
    var audiences: Set<String>
    /// Unix seconds, as the next two.
    var expiresAt: Int
    var notBefore: Int?
    var issuedAt: Int?
    var tenant: String?
    var groups: Set<String>
    var appRoles: Set<String>
    var scopes: Set<String>
    var name: String

    init(from decoder: any Decoder) throws {
        let claims = try decoder.container(keyedBy: Claim.self)
        func text(_ claim: Claim) throws -> String? {
            let text = try claims.decodeIfPresent(String.self, forKey: claim)
            return text?.isEmpty == true ? nil : text
        }
        func texts(_ claim: Claim) throws -> Set<String> {
            try claims.decodeIfPresent(Texts.self, forKey: claim)?.texts ?? []
        }
        func time(_ claim: Claim) throws -> Int? {
            try claims.decodeIfPresent(Seconds.self, forKey: claim)?.value
        }
        issuer = try claims.decode(String.self, forKey: .iss)
        subject = try text(.sub)
        objectID = try text(.oid)
        audiences = try texts(.aud)
        expiresAt = try claims.decode(Seconds.self, forKey: .exp).value
        notBefore = try time(.nbf)
        issuedAt = try time(.iat)
        tenant = try text(.tid)
        groups = try texts(.groups)
        appRoles = try texts(.roles)
        // The one is Entra's and Okta's, the other is the standard's (RFC 9068 section 2.2.3).
        scopes = Set(try texts(.scp).union(texts(.scope)).flatMap { $0.split(separator: " ") }.map(String.init))
        // An application has no name of its own in its tokens, only the id of its registration.
        let names: [Claim] = [.preferredUsername, .upn, .uniqueName, .name, .appDisplayName, .azp, .appid, .oid, .sub]
        name = try names.compactMap(text).first ?? ""
        // Without either there would be nobody to give a role to.
        guard subject != nil || objectID != nil else {
            throw DecodingError.keyNotFound(Claim.sub, .init(codingPath: [], debugDescription: ""))
        }
    }

    private enum Claim: String, CodingKey {
        case iss, sub, oid, aud, exp, nbf, iat, tid, groups, roles, scp, scope, upn, name, azp, appid
        case preferredUsername = "preferred_username"
        case uniqueName = "unique_name"
        case appDisplayName = "app_displayname"
    }

    /// A string or an array of strings: some issuers write an array of one as the string alone.
    private struct Texts: Decodable {
        var texts: Set<String>

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            texts = try (try? value.decode(String.self)).map { [$0] } ?? Set(value.decode([String].self))
        }
    }

    /// Seconds since 1970, which may have a fraction.
    private struct Seconds: Decodable {
        var value: Int

        init(from decoder: any Decoder) throws {
            let number = try decoder.singleValueContainer().decode(Double.self)
            // Far from where adding the clock skew could overflow.
            guard (0...0x1p53).contains(number) else {
                throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: ""))
            }
            value = Int(number)
        }
    }
}

extension Caller {
    /// Who these claims are about; without a role yet.
    ///
    /// - Parameter seconds: how long the token is still accepted after it expired.
    init(_ claims: TokenClaims, acceptedFor seconds: Int) {
        self.init(
            issuer: claims.issuer, subject: claims.subject, objectID: claims.objectID, name: claims.name.forLog,
            tenant: claims.tenant, groups: claims.groups, appRoles: claims.appRoles, scopes: claims.scopes,
            expiresAt: claims.expiresAt + seconds, roles: [])
    }
}
