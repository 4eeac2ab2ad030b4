import Yams

/// A token issuer as the configuration file has it: an issuer's URL, or a tenant of Microsoft Entra.
struct WrittenIssuer {
    var issuer: String?
    var entraTenant: String?
    var audiences = TokenIssuer.azureAudiences
    var tenants: [String] = []
    var clockSkew = TokenIssuer.standardClockSkew

    static let keys: [ConfigurationKey<Self>] = [
        .init("issuer") { $0.issuer = try $1.string() },
        .init("entra-tenant") { $0.entraTenant = try $1.string() },
        .init("audiences") { $0.audiences = try $1.strings() },
        .init("tenants") { $0.tenants = try $1.strings() },
        .init("clock-skew-seconds") { $0.clockSkew = try $1.integer(0...TokenIssuer.mostClockSkew) },
    ]

    /// The issuers that it stands for: a tenant of Entra has two.
    func issuers() throws(TokenSettingError) -> [TokenIssuer] {
        switch (issuer, entraTenant) {
        case (let url?, nil):
            return [try TokenIssuer(url, audiences: audiences, tenants: tenants, clockSkew: clockSkew)]
        case (nil, let tenant?):
            guard tenants.isEmpty else {
                throw TokenSettingError("tenants", "An entra-tenant is one tenant already. Leave tenants out.")
            }
            return try TokenIssuer.entra(tenant: tenant, audiences: audiences, clockSkew: clockSkew)
        default:
            throw TokenSettingError(
                "issuer", "Give either issuer, the URL that the tokens have as iss, or entra-tenant, a tenant's id.")
        }
    }
}

/// A role assignment as the configuration file has it.
struct WrittenAssignment {
    var role = ""
    var subject: String?
    var group: String?
    var appRole: String?
    var issuers: [String] = []

    static let keys: [ConfigurationKey<Self>] = [
        .init("role") { $0.role = try $1.string() },
        .init("subject") { $0.subject = try $1.string() },
        .init("group") { $0.group = try $1.string() },
        .init("app-role") { $0.appRole = try $1.string() },
        .init("issuers") { $0.issuers = try $1.strings() },
    ]

    func assignment() throws(TokenSettingError) -> RoleAssignment {
        let role = try Role(named: role)
        switch (subject, group, appRole) {
        case (let id?, nil, nil): return RoleAssignment(role, to: .subject(id), issuers: Set(issuers))
        case (nil, let id?, nil): return RoleAssignment(role, to: .group(id), issuers: Set(issuers))
        case (nil, nil, let value?): return RoleAssignment(role, to: .appRole(value), issuers: Set(issuers))
        default:
            throw TokenSettingError(
                "role", "Say who has the role \(role.rawValue): give one of subject, group and app-role.")
        }
    }
}

extension ConfigurationValue {
    /// A list of issuers.
    func tokenIssuers() throws -> [TokenIssuer] {
        var all: [TokenIssuer] = []
        try each(WrittenIssuer(), WrittenIssuer.keys) { written throws(TokenSettingError) in
            for issuer in try written.issuers() {
                guard !all.contains(where: { $0.url == issuer.url }) else {
                    throw TokenSettingError(
                        "issuer", "\(issuer.url) is there twice. Give all its audiences to one of them.")
                }
                all.append(issuer)
            }
        }
        return all
    }

    /// A list of role assignments.
    func roleAssignments() throws -> [RoleAssignment] {
        var all: [RoleAssignment] = []
        try each(WrittenAssignment(), WrittenAssignment.keys) { written throws(TokenSettingError) in
            all.append(try written.assignment())
        }
        return all
    }

    /// Reads each element of a list, which has these keys.
    private func each<Written>(
        _ empty: Written, _ keys: [ConfigurationKey<Written>], _ take: (Written) throws(TokenSettingError) -> Void
    ) throws {
        guard let sequence = node.sequence else { throw wrong("a list") }
        for node in sequence {
            var written = empty
            try ConfigurationSection(with(node), keys: keys, name: name).apply(to: &written)
            do throws(TokenSettingError) {
                try take(written)
            } catch {
                throw with(node).failure("\(name).\(error.setting): \(error.message)")
            }
        }
    }
}
