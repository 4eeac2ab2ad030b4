/// The keys that an issuer signs with.
struct KeySet: Sendable {
    /// So many are read; an issuer has a handful.
    static let most = 100

    let keys: [SigningKey]

    /// Leaves out the keys that cannot be used.
    init(_ written: WrittenKeySet) async {
        var keys: [SigningKey] = []
        for key in written.keys.prefix(Self.most) {
            if let key = await SigningKey(key) { keys.append(key) }
        }
        self.keys = keys
    }

    /// The keys that may have signed a token. A token without a key's id is accepted only if there is nothing to choose;
    /// two keys may have one id if they are of different types (RFC 7517 section 4.5).
    func find(_ id: String?, for algorithm: SigningAlgorithm) -> [SigningKey] {
        let fitting = keys.filter { $0.fits(algorithm) }
        guard let id else { return fitting.count == 1 ? fitting : [] }
        return fitting.filter { id.isExactly($0.id) }
    }
}
