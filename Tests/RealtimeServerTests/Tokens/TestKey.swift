import Crypto
import CryptoExtras
import Foundation

/// A key that an issuer signs with, made for the test and used without the library under test.
struct TestKey: Sendable {
    enum Pair: Sendable {
        case rsa(_RSA.Signing.PrivateKey)
        case elliptic(P256.Signing.PrivateKey)
    }

    var id: String
    var pair: Pair

    /// Made once: an RSA key takes a while.
    static let rsa = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }
    static let otherRSA = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    static func rsa(_ id: String) throws -> TestKey { TestKey(id: id, pair: .rsa(try rsa.get())) }
    static func otherRSA(_ id: String) throws -> TestKey { TestKey(id: id, pair: .rsa(try otherRSA.get())) }
    static func elliptic(_ id: String) -> TestKey { TestKey(id: id, pair: .elliptic(P256.Signing.PrivateKey())) }

    /// The public key as an issuer publishes it.
    var published: [String: JSON] {
        get throws {
            switch pair {
            case .rsa(let key):
                let numbers = try key.publicKey.getKeyPrimitives()
                return [
                    "kty": "RSA", "use": "sig", "kid": .text(id), "n": .text(numbers.modulus.base64URL),
                    "e": .text(numbers.publicExponent.base64URL),
                ]
            case .elliptic(let key):
                let point = key.publicKey.rawRepresentation
                return [
                    "kty": "EC", "use": "sig", "kid": .text(id), "crv": "P-256", "alg": "ES256",
                    "x": .text(point.prefix(32).base64URL), "y": .text(point.suffix(32).base64URL),
                ]
            }
        }
    }

    /// The public key as a text that anybody can have.
    var pem: String {
        switch pair {
        case .rsa(let key): key.publicKey.pemRepresentation
        case .elliptic(let key): key.publicKey.pemRepresentation
        }
    }

    func sign(_ text: String, _ algorithm: String) throws -> Data {
        let data = Data(text.utf8)
        switch (pair, algorithm) {
        case (_, "none"): return Data()
        case (_, "HS256"): return hmac(SHA256.self, data)
        case (_, "HS384"): return hmac(SHA384.self, data)
        case (_, "HS512"): return hmac(SHA512.self, data)
        case (.rsa(let key), "RS384"):
            return try key.signature(for: SHA384.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        case (.rsa(let key), "RS512"):
            return try key.signature(for: SHA512.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        case (.rsa(let key), "PS256"):
            return try key.signature(for: SHA256.hash(data: data), padding: .PSS).rawRepresentation
        case (.rsa(let key), _):
            return try key.signature(for: SHA256.hash(data: data), padding: .insecurePKCS1v1_5).rawRepresentation
        case (.elliptic(let key), _):
            return try key.signature(for: SHA256.hash(data: data)).rawRepresentation
        }
    }

    /// The well-known forgery: the public key as the shared secret.
    private func hmac<Hash: HashFunction>(_: Hash.Type, _ data: Data) -> Data {
        Data(HMAC<Hash>.authenticationCode(for: data, using: SymmetricKey(data: Data(pem.utf8))))
    }
}
