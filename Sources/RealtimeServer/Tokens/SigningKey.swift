import JWTKit

/// One of an issuer's public keys, ready to check signatures.
struct SigningKey: Sendable {
    let id: String?
    private let verifiers: [SigningAlgorithm: any JWTAlgorithm]

    /// `nil` if no token may be signed with it: it is for something else, of another kind, too short (an RSA key needs
    /// 2048 bits) or no key at all.
    init?(_ written: WrittenKey) async {
        guard written.isForSignatures else { return nil }
        var verifiers: [SigningAlgorithm: any JWTAlgorithm] = [:]
        for algorithm in SigningAlgorithm.allCases
        where algorithm.keyType == written.type && algorithm.rawValue == written.algorithm ?? algorithm.rawValue {
            verifiers[algorithm] = await Self.verifier(written, algorithm)
        }
        guard !verifiers.isEmpty else { return nil }
        id = written.id
        self.verifiers = verifiers
    }

    func fits(_ algorithm: SigningAlgorithm) -> Bool { verifiers[algorithm] != nil }

    /// Whether the token was signed with this key, by the algorithm it names.
    func signed(_ token: UnverifiedToken) -> Bool {
        guard let verifier = verifiers[token.algorithm] else { return false }
        return (try? verifier.verify(token.signature, signs: token.signedBytes)) ?? false
    }

    /// JWTKit's own key collection would choose the key: another one if it does not know the id, and by whatever
    /// algorithm it was asked for first. So it holds one key here, for one algorithm, and only hands it back.
    private static func verifier(_ written: WrittenKey, _ algorithm: SigningAlgorithm) async -> (any JWTAlgorithm)? {
        let id = JWKIdentifier(string: "key")
        let name = JWK.Algorithm(rawValue: algorithm.rawValue)
        let key: JWK
        switch algorithm {
        case .rs256, .rs384, .rs512, .ps256:
            key = .rsa(name, identifier: id, modulus: written.modulus, exponent: written.exponent)
        case .es256:
            // JWTKit does not look at the curve.
            guard written.curve == "P-256" else { return nil }
            key = .ecdsa(name, identifier: id, x: written.x, y: written.y, curve: .p256)
        }
        return try? await JWTKeyCollection().add(jwk: key).getKey(for: id, alg: algorithm.rawValue)
    }
}
