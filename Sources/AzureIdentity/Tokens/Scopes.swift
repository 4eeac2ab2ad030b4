/// The scopes of a request for a token.
struct Scopes: Sendable {
    /// In the caller's order; at least one.
    let all: [String]
    /// Who asks, for the errors.
    let credential: String

    init(_ scopes: [String], for credential: String) throws {
        guard !scopes.isEmpty else {
            throw IdentityError(
                .invalidConfiguration, credential: credential,
                "no scope was asked for; ask for \(AccessToken.cognitiveServices)")
        }
        for scope in scopes where !scope.isWord(with: "-_.:/") {
            throw IdentityError(
                .invalidConfiguration, credential: credential,
                "\"\(scope.quotable(limit: 100))\" is no scope: letters, digits and - _ . : / make one, as in "
                    + AccessToken.cognitiveServices)
        }
        all = scopes
        self.credential = credential
    }

    /// As the `scope` field of a form.
    var joined: String { all.joined(separator: " ") }

    /// The one resource behind the one scope, for endpoints that know no scopes.
    var resource: String {
        get throws {
            guard all.count == 1, let scope = all.first else {
                throw IdentityError(
                    .invalidConfiguration, credential: credential,
                    "\(all.count) scopes were asked for; this credential gives a token for one")
            }
            let suffix = "/.default"
            return scope.hasSuffix(suffix) ? String(scope.dropLast(suffix.count)) : scope
        }
    }
}
