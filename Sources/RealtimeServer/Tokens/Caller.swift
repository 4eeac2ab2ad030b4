/// Who came with a good token.
public struct Caller: Sendable, Hashable {
    /// The issuer's URL.
    public var issuer: String
    /// The token's `sub`.
    public var subject: String?
    /// The token's `oid`: with Entra, the same for every application.
    public var objectID: String?
    /// What to call the caller in logs; nothing depends on it, and users can choose it.
    public var name: String
    /// The token's `tid`.
    public var tenant: String?
    /// Ids of groups. Entra leaves them out if there are more than 200.
    public var groups: Set<String>
    /// What the issuer calls roles: application roles.
    public var appRoles: Set<String>
    /// What the application may do in the caller's name, by the issuer's names.
    public var scopes: Set<String>
    /// When the token is no longer accepted: Unix seconds.
    public var expiresAt: Int
    /// The roles that the assignments give.
    public var roles: Set<Role>

    /// The id by which Azure would name the caller.
    public var principal: String { objectID ?? subject ?? "" }

    func may(_ permission: Role.Permission) -> Bool { roles.contains { $0.permissions.contains(permission) } }

    /// Why the caller may not do something; `nil` if one of the roles permits it.
    ///
    /// - Parameter operation: the request's method and path, such as `GET /openai/realtime`.
    func refusal(of permission: Role.Permission, operation: String) -> TokenRefusal? {
        guard !may(permission) else { return nil }
        let needed = permission.roles.map(\.rawValue).joined(separator: ", ")
        return TokenRefusal(
            .role,
            "The principal `\(principal.forLog)` lacks the required data action `\(permission.dataAction)` to perform"
                + " `\(operation.forLog)` operation. The server's operator can assign one of these roles: \(needed).",
            reason: "\(name), principal \(principal.forLog) of \(issuer), has the roles"
                + " \(roles.map(\.rawValue).sorted()); `\(operation.forLog)` takes one of: \(needed)")
    }
}
