/// Gives a role to some of those who come with a good token.
public struct RoleAssignment: Sendable, Hashable {
    /// To whom a role is given.
    public enum Assignee: Sendable, Hashable {
        /// One user or application, by the token's `oid` or `sub`. With Entra, `oid` is the one that Azure shows.
        case subject(String)
        /// The members of a group, by the group's id in the token's `groups`.
        case group(String)
        /// Those to whom the issuer gave an application role, by its value in the token's `roles`.
        case appRole(String)
    }

    /// What is given.
    public var role: Role
    /// To whom.
    public var assignee: Assignee
    /// Whose tokens it is for: the URLs of issuers; empty for all. With more than one issuer a subject should be bound to
    /// its own, since each names its subjects as it likes.
    public var issuers: Set<String>

    /// Gives `role` to `assignee`.
    public init(_ role: Role, to assignee: Assignee, issuers: Set<String> = []) {
        self.role = role
        self.assignee = assignee
        self.issuers = issuers
    }

    /// Whether it is for somebody.
    func applies(to caller: Caller) -> Bool {
        guard issuers.isEmpty || issuers.hasExactly(caller.issuer) else { return false }
        return switch assignee {
        case .subject(let id): id.isExactly(caller.objectID) || id.isExactly(caller.subject)
        case .group(let id): caller.groups.hasExactly(id)
        case .appRole(let value): caller.appRoles.hasExactly(value)
        }
    }
}
