/// Fetches an issuer's documents.
protocol DocumentFetcher: Sendable {
    /// The document at `address`. Gives up after a few seconds, and when it is too long.
    func fetch(_ address: TrustedAddress) async throws -> [UInt8]
}
