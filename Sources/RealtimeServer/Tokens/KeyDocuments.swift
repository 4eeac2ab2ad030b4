/// What an issuer says about itself (OpenID Connect Discovery 1.0, section 3), as far as it matters here.
struct DiscoveryDocument: Decodable {
    var issuer: String
    var keysURL: String

    private enum CodingKeys: String, CodingKey {
        case issuer
        case keysURL = "jwks_uri"
    }
}

/// A key as an issuer writes it (RFC 7517 section 4).
struct WrittenKey: Decodable {
    var type: String
    var id: String?
    var use: String?
    var operations: [String]?
    var algorithm: String?
    var modulus: String?
    var exponent: String?
    var curve: String?
    var x: String?
    var y: String?

    var isForSignatures: Bool { use ?? "sig" == "sig" && operations?.contains("verify") != false }

    private enum CodingKeys: String, CodingKey {
        case type = "kty"
        case id = "kid"
        case use
        case operations = "key_ops"
        case algorithm = "alg"
        case modulus = "n"
        case exponent = "e"
        case curve = "crv"
        case x, y
    }
}

/// An issuer's keys (RFC 7517 section 5). One that cannot be read is left out: a new kind of key must not make the others
/// useless.
struct WrittenKeySet: Decodable {
    var keys: [WrittenKey]

    init(from decoder: any Decoder) throws {
        keys = try decoder.container(keyedBy: CodingKeys.self).decode([Readable].self, forKey: .keys).compactMap(\.key)
    }

    private enum CodingKeys: CodingKey { case keys }

    private struct Readable: Decodable {
        var key: WrittenKey?

        init(from decoder: any Decoder) { key = try? WrittenKey(from: decoder) }
    }
}
