import Foundation

/// A token to be signed; good unless it is changed.
struct TestToken: Sendable {
    var header: [String: JSON]
    var claims: [String: JSON]
    /// Who signs, and how; the header may say something else.
    var key: TestKey
    var algorithm: String

    init(_ key: TestKey, _ algorithm: String, issuer: String) {
        self.key = key
        self.algorithm = algorithm
        header = ["typ": "JWT", "alg": .text(algorithm), "kid": .text(key.id)]
        claims = [
            "iss": .text(issuer), "aud": "https://cognitiveservices.azure.com", "sub": "subject-1", "oid": "object-1",
            "tid": "Tenant-1", "name": "Ada", "groups": ["group-1", "group-2"], "roles": ["Voice.User"],
            "scp": "user_impersonation other", "iat": .number(Double(TestClock.start)),
            "nbf": .number(Double(TestClock.start)), "exp": .number(Double(TestClock.start + 3600)),
        ]
    }

    /// The token.
    var signed: String { get throws { try parts.joined(separator: ".") } }

    var parts: [String] {
        get throws {
            let text = try [JSON.object(header), .object(claims)].map { try $0.data.base64URL }.joined(separator: ".")
            let signature = try key.sign(text, algorithm).base64URL
            return text.split(separator: ".").map(String.init) + [signature]
        }
    }
}
