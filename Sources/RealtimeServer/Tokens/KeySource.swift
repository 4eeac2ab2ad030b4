import Foundation

/// Where an issuer's keys come from.
struct KeySource: Sendable {
    let issuer: TokenIssuer
    let fetcher: any DocumentFetcher

    /// Why there are no keys. It is read in the log by the server's operator.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Reads the issuer's document and the keys that it points to.
    func load() async throws -> KeySet {
        guard let address = TrustedAddress(issuer.discoveryURL) else {
            throw Failure(description: "\(issuer.discoveryURL) is no URL")
        }
        let document = try await read(DiscoveryDocument.self, address)
        // Else whoever controls one issuer could hand out keys in the name of another.
        guard document.issuer.isExactly(issuer.url) else {
            throw Failure(
                description: "\(address.url) describes another issuer, \"\(document.issuer.forLog)\"; set the issuer to"
                    + " exactly what it says")
        }
        guard let keysAddress = TrustedAddress(document.keysURL), keysAddress.isSecure || !address.isSecure else {
            throw Failure(description: "\(address.url) has a jwks_uri that is not https")
        }
        let keys = await KeySet(try await read(WrittenKeySet.self, keysAddress))
        guard !keys.keys.isEmpty else {
            throw Failure(description: "\(keysAddress.url) has no key that can be used")
        }
        return keys
    }

    private func read<Document: Decodable>(_ type: Document.Type, _ address: TrustedAddress) async throws -> Document {
        let bytes = try await fetcher.fetch(address)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Failure(description: "what \(address.url) answers is not the JSON that it should be")
        }
    }
}
