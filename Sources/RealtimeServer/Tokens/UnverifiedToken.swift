import Foundation

/// A token as it came. Nothing that it says is to be believed yet.
struct UnverifiedToken: Sendable {
    /// Bytes.
    static let longest = 16 << 10

    let algorithm: SigningAlgorithm
    let keyID: String?
    let claims: TokenClaims
    let signedBytes: ArraySlice<UInt8>
    let signature: [UInt8]

    /// Reads a token in the compact form (RFC 7515 section 3.1).
    init(_ token: String) throws(TokenRefusal) {
        guard token.utf8.count <= Self.longest else {
            throw TokenRefusal(
                .tooLong, "The bearer token is longer than \(Self.longest) bytes.",
                reason: "a token of \(token.utf8.count) bytes")
        }
        let bytes = Array(token.utf8)
        let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("it has \(parts.count) parts, not 3") }
        let header = try Self.header(parts[0])
        // Before anything else, so that no key is ever tried with an algorithm that it is not for.
        guard let algorithm = SigningAlgorithm(rawValue: header.algorithm) else {
            throw TokenRefusal(
                .algorithm,
                "The bearer token is not signed in a way that this server accepts, which is one of: "
                    + SigningAlgorithm.allCases.map(\.rawValue).joined(separator: ", ") + ".",
                reason: "the token's alg is \"\(header.algorithm.forLog)\"")
        }
        guard !header.isCritical else { throw .malformed("its header has crit, of which nothing is understood here") }
        guard let signature = Base64URL.decode(parts[2]) else { throw .malformed("its signature is not base64url") }
        self.algorithm = algorithm
        keyID = header.keyID
        claims = try Self.claims(parts[1])
        signedBytes = bytes[..<parts[1].endIndex]
        self.signature = signature
    }

    private static func header(_ part: ArraySlice<UInt8>) throws(TokenRefusal) -> TokenHeader {
        guard let bytes = Base64URL.decode(part),
            let header = try? JSONDecoder().decode(TokenHeader.self, from: Data(bytes))
        else { throw .malformed("its header cannot be read") }
        return header
    }

    private static func claims(_ part: ArraySlice<UInt8>) throws(TokenRefusal) -> TokenClaims {
        guard let bytes = Base64URL.decode(part) else { throw .malformed("its claims are not base64url") }
        do {
            return try JSONDecoder().decode(TokenClaims.self, from: Data(bytes))
        } catch {
            throw .malformed("its claims cannot be read: \((error as? DecodingError)?.place ?? "no JSON")")
        }
    }
}

/// What matters of a token's header (RFC 7515 section 4.1).
///
/// Not JWTKit's type, which stops the process at a number that no `Int` can hold.
private struct TokenHeader: Decodable {
    var algorithm: String
    var keyID: String?
    var isCritical: Bool

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        algorithm = try fields.decode(String.self, forKey: .alg)
        keyID = try fields.decodeIfPresent(String.self, forKey: .kid)
        isCritical = fields.contains(.crit)
    }

    private enum CodingKeys: CodingKey { case alg, kid, crit }
}

extension TokenRefusal {
    fileprivate static func malformed(_ reason: String) -> TokenRefusal {
        TokenRefusal(
            .malformed, "The bearer token is not a well-formed JSON Web Token.", reason: "not a token: \(reason)")
    }
}

extension DecodingError {
    /// Where it happened, without what stands there.
    fileprivate var place: String {
        let (problem, path): (String, [any CodingKey]) =
            switch self {
            case .keyNotFound(let key, let context): ("is missing", context.codingPath + [key])
            case .valueNotFound(_, let context): ("is missing", context.codingPath)
            case .typeMismatch(_, let context): ("is of a wrong type", context.codingPath)
            case .dataCorrupted(let context): ("is not valid", context.codingPath)
            @unknown default: ("is wrong", [])
            }
        return (path.first?.stringValue ?? "the JSON") + " " + problem
    }
}
