extension TokenIssuer {
    /// The two issuers of a tenant of Microsoft Entra. Which of them made a token depends on how the application it is
    /// for was registered, not on who asked: those for Azure's own services come from the older one.
    ///
    /// - Parameters:
    ///   - tenant: the tenant's id, a GUID. A domain name would not do: tokens never carry it.
    ///   - audiences: whom the tokens are made for; one or more.
    ///   - clockSkew: seconds, 0 to ``mostClockSkew``.
    public static func entra(
        tenant: String, audiences: [String] = azureAudiences, clockSkew: Int = standardClockSkew
    ) throws(TokenSettingError) -> [TokenIssuer] {
        let id = tenant.lowercased()
        guard isGUID(id) else {
            throw TokenSettingError(
                "tenant",
                "\"\(tenant.forLog)\" is not a tenant's id. Give the GUID that `az account show --query tenantId`"
                    + " prints; common, organizations and domain names are no issuers.")
        }
        return [
            try TokenIssuer(
                "https://login.microsoftonline.com/\(id)/v2.0", audiences: audiences, tenants: [id],
                clockSkew: clockSkew),
            try TokenIssuer(
                "https://sts.windows.net/\(id)/", audiences: audiences, tenants: [id], clockSkew: clockSkew),
        ]
    }

    private static func isGUID(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        let digits = Array("0123456789abcdef".utf8)
        return parts.map(\.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(digits.contains) }
    }
}
