import HTTPTypes

/// Which web pages may use the server, from a browser whose user may not know of it.
///
/// - Without a key every request must name this machine as its host (or a page could point a name of its own at it, DNS
///   rebinding) and come from no page but one of it.
/// - With keys a page that brings a good one is welcome: the key is what it must know. Unless a list says which pages
///   are; those of the server itself always are.
struct OriginRule: Sendable, Hashable {
    /// `https://app.example.com`, without a slash at the end; empty for any.
    var allowed: Set<String>

    init(_ allowed: [String] = []) { self.allowed = Set(allowed.map { $0.lowercased() }) }

    /// The refusal of a request that does not keep to it.
    ///
    /// - Parameter isOpen: whether no key is needed.
    func refusal(of request: HTTPRequest, isOpen: Bool) -> HTTPRefusal? {
        if isOpen, request.authority.map(Loopback.isLocal(authority:)) != true {
            return .openAI(
                403, code: "host_not_allowed",
                "Without an API key this server answers only to the host names localhost, 127.0.0.1 and [::1]. Use one"
                    + " of them, or start the server with --api-key.")
        }
        let origins = request.headerFields[values: .origin]
        guard let stranger = origins.first(where: { !accepts($0, of: request, isOpen: isOpen) }) else { return nil }
        guard !isOpen else {
            return .openAI(
                403, code: "origin_not_allowed",
                "Without an API key this server answers no web page but those of localhost, 127.0.0.1 and [::1]. Serve"
                    + " the page from there, or start the server with --api-key.")
        }
        return .openAI(
            403, code: "origin_not_allowed",
            "This server answers no web page of '\(stranger.forLog)'. Its operator can add it to allowed-origins.")
    }

    /// Whether a page may use the server that the request is for.
    func accepts(_ origin: String, of request: HTTPRequest, isOpen: Bool) -> Bool {
        if isOpen { return Loopback.isLocal(origin: origin) }
        guard !allowed.isEmpty else { return true }
        let origin = origin.lowercased()
        let isOwn = request.authority.map { ["http://\($0)", "https://\($0)"].contains(origin) } ?? false
        return isOwn || allowed.contains(origin)
    }
}
