/// What counts as this machine.
enum Loopback {
    /// Whether a server that listens here is out of reach of other machines.
    static func isLocal(address: String) -> Bool {
        let address = address.lowercased()
        if address == "localhost" || address == "::1" || address == "[::1]" { return true }
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether a `Host` field names this machine: one of three names, with any port.
    static func isLocal(authority: some StringProtocol) -> Bool {
        let authority = authority.lowercased()
        return ["localhost", "127.0.0.1", "[::1]"].contains { name in
            guard authority.hasPrefix(name) else { return false }
            let rest = authority.dropFirst(name.count)
            // `UInt16` alone would take a sign for a part of the port.
            let port = rest.dropFirst()
            return rest.isEmpty || rest.first == ":" && port.first?.isNumber == true && UInt16(port) != nil
        }
    }

    /// Whether an `Origin` field names this machine.
    static func isLocal(origin: String) -> Bool {
        let origin = origin.lowercased()
        return ["http://", "https://"].contains {
            origin.hasPrefix($0) && isLocal(authority: origin.dropFirst($0.count))
        }
    }
}
