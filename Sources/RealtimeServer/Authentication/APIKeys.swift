import HTTPTypes

/// The keys a client may show.
///
/// Without any, everybody on this machine is let in, and only they: the address must be a loopback address, and a
/// request must name it as its host and come from no web page but one of it. (Otherwise any page in the user's browser
/// could talk to the server, by its own origin or by a name that its DNS points at this machine.)
public struct APIKeys: Sendable {
    private let keys: [[UInt8]]

    /// Keys; empty ones are left out.
    public init(_ keys: [String]) {
        self.keys = keys.map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    /// Whether there is no key, so that a client needs none.
    public var isOpen: Bool { keys.isEmpty }

    /// Whether a key is one of these; any and none, if there are none (protocol.md A.2 rule 5).
    ///
    /// Takes as long for a wrong key as for a right one: all keys are compared, each to its end.
    public func accept(_ key: String?) -> Bool {
        guard !isOpen else { return true }
        let offered = Array((key ?? "").utf8)
        var isAccepted = false
        for key in keys where APIKeys.areEqual(key, offered) { isAccepted = true }
        return isAccepted
    }

    /// Compares in a time that depends only on how much was offered, not on how much of it is right.
    static func areEqual(_ key: [UInt8], _ offered: [UInt8]) -> Bool {
        guard !key.isEmpty else { return offered.isEmpty }
        var difference = key.count ^ offered.count
        for index in offered.indices {
            // The wrong length already decided; the loop still runs to the end of what was offered.
            difference |= Int(offered[index] ^ key[index % key.count])
        }
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
