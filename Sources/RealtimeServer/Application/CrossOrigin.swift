import HTTPTypes
import HummingbirdCore

// What browsers want to be told before a page of another origin may read an answer (CORS). Which origins those are is
// `OriginRule`'s to say, before any of this: who gets here is welcome.

extension Response {
    /// The answer to a browser that asks whether a page may send a request; `nil` if the request asks no such thing.
    init?(preflight request: HTTPRequest) {
        guard request.method == .options, request.headerFields[.accessControlRequestMethod] != nil else { return nil }
        self.init(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: "GET, POST, PUT, DELETE",
                .accessControlAllowHeaders: request.headerFields[.accessControlRequestHeaders] ?? "",
                .accessControlMaxAge: "600",
            ])
        // A page of the internet that talks to a server at home (Private Network Access).
        if let name = HTTPField.Name("Access-Control-Request-Private-Network"), request.headerFields[name] != nil,
            let answer = HTTPField.Name("Access-Control-Allow-Private-Network")
        {
            headers[answer] = "true"
        }
    }

    /// Lets the page that sent the request read the answer. No cookie is ever looked at, so none is allowed.
    mutating func allow(_ request: HTTPRequest) {
        guard let origin = request.headerFields[.origin] else { return }
        headers[.accessControlAllowOrigin] = origin
        headers[.accessControlExposeHeaders] = "Retry-After, WWW-Authenticate, x-ms-client-request-id"
        headers[values: .vary].append("Origin")
    }

    /// What keeps a browser from taking an answer for something else. A page sets its own policy of content.
    mutating func harden() {
        headers[.xContentTypeOptions] = "nosniff"
        headers[.referrerPolicy] = "no-referrer"
        if headers[.contentSecurityPolicy] == nil {
            headers[.contentSecurityPolicy] = "default-src 'none'; frame-ancestors 'none'"
        }
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    }
}

extension HTTPField.Name {
    // Each is a token of RFC 9110, so the alternative is never taken.
    fileprivate static let referrerPolicy = HTTPField.Name("Referrer-Policy") ?? .from
}
