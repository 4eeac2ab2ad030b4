extension TokenIssuer {
    /// Why a token that this issuer signed is not good here; `nil` if it is.
    ///
    /// - Parameter now: Unix seconds.
    func refusal(of claims: TokenClaims, now: Int) -> TokenRefusal? {
        let bearer = "the token of \(claims.name.forLog) by \(url)"
        guard audiences.contains(where: claims.audiences.hasExactly) else {
            return TokenRefusal(
                .audience,
                "The bearer token is for another service. Ask for a token for one of: "
                    + audiences.sorted().joined(separator: ", ") + ".",
                reason: "\(bearer) is for \(claims.audiences.sorted().prefix(5).map(\.forLog))")
        }
        guard tenants.isEmpty || claims.tenant.map({ tenants.hasExactly($0.lowercased()) }) == true else {
            return TokenRefusal(
                .tenant, "The bearer token is of a tenant that this server does not accept. Sign in to another one.",
                reason: "\(bearer) is of the tenant \"\(claims.tenant?.forLog ?? "")\"")
        }
        guard claims.expiresAt + clockSkew > now else {
            return TokenRefusal(
                .expired,
                "The bearer token expired \(now - claims.expiresAt) seconds ago. Ask its issuer for a new one.",
                reason: "\(bearer) expired \(now - claims.expiresAt) seconds ago")
        }
        let begin = max(claims.notBefore ?? 0, claims.issuedAt ?? 0)
        guard begin <= now + clockSkew else {
            return TokenRefusal(
                .notYetValid,
                "The bearer token is not valid before \(begin - now) seconds from now. If it was just made, the clock of"
                    + " this server or of the issuer is wrong.",
                reason: "\(bearer) begins \(begin - now) seconds from now")
        }
        return nil
    }
}
