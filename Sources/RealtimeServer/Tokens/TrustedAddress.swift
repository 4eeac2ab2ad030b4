import Foundation

/// A URL whose answer can be believed: nobody between it and this server can change it.
struct TrustedAddress: Sendable, Hashable {
    let url: String
    /// Whether it is `https`; otherwise it is `http` on this machine.
    let isSecure: Bool
    let hasQuery: Bool

    /// `nil` for a URL that cannot be believed, or carries a name and password or a fragment.
    init?(_ url: String) {
        guard url.utf8.count <= 2048, url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty, parts.user == nil,
            parts.password == nil, parts.fragment == nil
        else { return nil }
        switch parts.scheme {
        case "https": isSecure = true
        case "http" where Self.isThisMachine(host): isSecure = false
        default: return nil
        }
        self.url = url
        hasQuery = parts.query != nil
    }

    private static func isThisMachine(_ host: String) -> Bool {
        if ["localhost", "::1", "[::1]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
