import Crypto
import HTTPTypes

/// The keys a client may show.
///
/// Without any, everybody on this machine is let in, and only they: the address must be a loopback address, and a
/// request must name it as its host and come from no web page but one of it. (Otherwise any page in the user's browser
/// could talk to the server, by its own origin or by a name that its DNS points at this machine.)
public struct APIKeys: Sendable {
    /// A key, of which nobody can tell what it is.
    struct Key: Sendable, Hashable {
        /// What it is called in usage and logs: `key1`, or `configured 1`.
        var name: String
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

    /// Whether a key is one of these; any and none, if there are none (protocol.md A.2 rule 5).
    public func accept(_ key: String?) -> Bool { isOpen || name(of: key) != nil }

    /// What a key is called; `nil` if it is none of these.
    ///
    /// Takes as long for a wrong key as for a right one: all digests are compared, each to its end.
    func name(of key: String?) -> String? {
        let offered = Self.digest(of: key ?? "")
        var name: String?
        for key in keys where Self.areEqual(key.digest, offered) { name = key.name }
        return name
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

extension APIKeys {
    /// The loopback rule: the refusal of a request that does not keep to it.
    func refusal(of request: HTTPRequest) -> HTTPRefusal? {
        guard isOpen else { return nil }
        guard let host = request.authority, Loopback.isLocal(authority: host) else {
            return .openAI(
                403, code: "host_not_allowed",
                "Without an API key this server answers only to the host names localhost, 127.0.0.1 and [::1]. Use one"
                    + " of them, or start the server with --api-key.")
        }
        let origins = request.headerFields[values: .origin]
        guard origins.allSatisfy(Loopback.isLocal(origin:)) else {
            return .openAI(
                403, code: "origin_not_allowed",
                "Without an API key this server answers no web page but those of localhost, 127.0.0.1 and [::1]. Serve"
                    + " the page from there, or start the server with --api-key.")
        }
        return nil
    }
}

extension APIKeys: CustomStringConvertible {
    /// How many there are: descriptions end up in logs.
    public var description: String { "\(keys.count) API keys" }
}
