/// The algorithms by which a token may be signed. All are of the kind with a public key: with `none` and the kind with a
/// shared secret, anybody who can read the issuer's public keys could make tokens (RFC 8725 section 2.1).
enum SigningAlgorithm: String, Sendable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case es256 = "ES256"

    /// What a key for it has as `kty`.
    var keyType: String { self == .es256 ? "EC" : "RSA" }
}
