/// The parts of a WebSocket's URL.
struct WebSocketURL: Equatable {
    let isSecure: Bool
    /// Without the brackets of an IPv6 address.
    let host: String
    let port: Int
    /// Path and query.
    let target: String
    /// Host and port as they stand in the `Host` field.
    let authority: String

    /// Reads `ws://`, `wss://`, or `http://`, `https://`, which mean the same here (protocol.md A.1).
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/invalidRequest``.
    init(_ text: String) throws {
        func invalid(_ why: String) -> ClientError {
            // Without the query, which can hold a key.
            let shown = text.prefix { $0 != "?" && $0 != "#" }
            return ClientError(
                .invalidRequest,
                "\(shown) \(why). A URL looks like ws://localhost:8080/v1/realtime?model=gpt-realtime.")
        }
        let schemes = ["ws://": false, "http://": false, "wss://": true, "https://": true]
        let lower = text.lowercased()
        guard let (scheme, isSecure) = schemes.first(where: { lower.hasPrefix($0.key) }) else {
            throw invalid("is no WebSocket URL: it must begin with ws:// or wss://")
        }
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw invalid("has a space or a character outside ASCII in it; write it with percent signs")
        }
        let rest = text.dropFirst(scheme.count).prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest.dropFirst(authority.count)
        guard !authority.contains("@") else {
            throw invalid("has a user's name in it; give the key as a header instead")
        }
        let hostEnd: Substring.Index
        if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") {
            hostEnd = authority.index(after: bracket)
            host = String(authority[..<bracket].dropFirst())
        } else {
            hostEnd = authority.firstIndex(of: ":") ?? authority.endIndex
            host = String(authority[..<hostEnd])
        }
        guard !host.isEmpty else { throw invalid("names no host") }
        let portText = authority[hostEnd...]
        if portText.isEmpty {
            port = isSecure ? 443 : 80
        } else {
            guard portText.first == ":", let number = UInt16(portText.dropFirst()), number > 0 else {
                throw invalid("has no number from 1 to 65535 as its port")
            }
            port = Int(number)
        }
        self.isSecure = isSecure
        self.authority = String(authority)
        self.target = target.hasPrefix("/") ? String(target) : "/" + target
    }
}
