import Crypto

/// The keys a client may show.
///
/// Without any, everybody on this machine is let in, and only they: the address must be a loopback address, and a
/// request must name it as its host and come from no web page but one of it. (Otherwise any page in the user's browser
/// could talk to the server, by its own origin or by a name that its DNS points at this machine.)
public struct APIKeys: Sendable {
    /// A key, of which nobody can tell what it is.
    public struct Key: Sendable, Hashable {
        /// What it is called in usage and logs: `key1`, or `configured 1`.
        public var name: String
        /// SHA-256: a key is random and long, so nothing slower is needed.
        var digest: [UInt8]
    }

    private let keys: [Key]
    /// Whether there is none.
    var isEmpty: Bool { keys.isEmpty }
    /// Whether a client needs none: there is no key, and only this machine can reach the server.
    public let isOpen: Bool

    /// Keys; empty ones are left out.
    public init(_ keys: [String]) { self.init(configured: keys, stored: [], isReachable: false) }

    /// - Parameters:
    ///   - configured: keys in plain text; empty ones are left out.
    ///   - stored: those of which only the digest is known.
    ///   - isReachable: whether other machines can reach the server: then no key means nobody.
    init(configured: [String], stored: [Key], isReachable: Bool) {
        keys =
            stored
            + configured.filter { !$0.isEmpty }.enumerated().map {
                Key(name: "configured \($0 + 1)", digest: Self.digest(of: $1))
            }
        isOpen = keys.isEmpty && !isReachable
    }

    /// Whether a key that was good once still is: one that was made anew has the same name.
    func contains(_ key: Key) -> Bool { keys.contains(key) }

    /// The key that somebody shows; `nil` if it is none of these.
    ///
    /// Takes as long for a wrong key as for a right one: all digests are compared, each to its end.
    func find(_ value: String) -> Key? {
        let offered = Self.digest(of: value)
        var found: Key?
        for key in keys where Self.areEqual(key.digest, offered) { found = key }
        return found
    }

    static func digest(of key: String) -> [UInt8] { Array(SHA256.hash(data: Array(key.utf8))) }

    /// Compares in a time that depends only on how long they are.
    static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for index in one.indices { difference |= one[index] ^ other[index] }
        return difference == 0
    }

    /// A key as it may be shown to who sent it: the first three and the last four characters of a long one.
    static func masked(_ key: String) -> String {
        guard key.count >= 16 else { return String(repeating: "*", count: min(key.count, 16)) }
        return key.prefix(3) + "********" + key.suffix(4)
    }
}

extension APIKeys: CustomStringConvertible {
    /// How many there are: descriptions end up in logs.
    public var description: String { "\(keys.count) API keys" }
}
