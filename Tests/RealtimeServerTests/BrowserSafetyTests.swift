import Foundation
import HTTPTypes
import RealtimeClient
import Testing

@testable import RealtimeServer

/// What a web page can do with a server, from the browser of somebody who may not know of it.
@Suite struct BrowserSafetyTests {
    /// Who is let in, by the rule alone: keys, allowed origins, the request's host and origin.
    @Test(
        "a table of hosts and origins",
        arguments: [
            // Without a key: this machine's names, and pages of this machine.
            (false, [], "localhost:8080", nil, nil),
            (false, [], "127.0.0.1", "http://localhost:5173", nil),
            (false, [], "[::1]:8080", "https://127.0.0.1:8443", nil),
            (false, [], "localhost:8080", "https://evil.example", "origin_not_allowed"),
            (false, [], "localhost:8080", "null", "origin_not_allowed"),
            (false, [], "rebound.example:8080", nil, "host_not_allowed"),
            (false, [], "rebound.example:8080", "http://rebound.example:8080", "host_not_allowed"),
            (false, [], "192.168.1.7:8080", nil, "host_not_allowed"),
            (false, [], "localhost.evil.example", nil, "host_not_allowed"),
            (false, ["https://evil.example"], "localhost", "https://evil.example", "origin_not_allowed"),
            // With one: whoever brings it, unless a list says otherwise.
            (true, [], "voice.example.com", "https://anything.example", nil),
            (true, [], "voice.example.com", "null", nil),
            (true, ["https://app.example.com"], "voice.example.com", nil, nil),
            (true, ["https://app.example.com"], "voice.example.com", "https://app.example.com", nil),
            (true, ["https://app.example.com"], "voice.example.com", "https://APP.example.com", nil),
            (true, ["https://app.example.com"], "voice.example.com", "https://voice.example.com", nil),
            (true, ["https://app.example.com"], "voice.example.com:8443", "https://voice.example.com:8443", nil),
            (true, ["https://app.example.com"], "voice.example.com", "http://app.example.com", "origin_not_allowed"),
            (true, ["https://app.example.com"], "voice.example.com", "https://app.example.com:1", "origin_not_allowed"),
            (true, ["https://app.example.com"], "voice.example.com", "null", "origin_not_allowed"),
        ] as [(Bool, [String], String, String?, String?)])
    func table(hasKey: Bool, allowed: [String], host: String, origin: String?, code: String?) throws {
        var request = HTTPRequest(method: .get, scheme: "http", authority: host, path: "/v1/models")
        request.headerFields[.origin] = origin
        let refusal = OriginRule(allowed).refusal(of: request, isOpen: !hasKey)
        #expect(refusal.map { $0.status } == code.map { _ in 403 })
        if let code { #expect(refusal?.body.contains(#""code":"\#(code)""#) == true) }
    }

    @Test("two origins in one request are both looked at")
    func twoOrigins() {
        var request = HTTPRequest(method: .get, scheme: "http", authority: "localhost", path: "/")
        request.headerFields[values: .origin] = ["http://localhost", "https://evil.example"]
        #expect(OriginRule().refusal(of: request, isOpen: true) != nil)
    }

    @Test("a page with a key is told what it may send, and reads the answer")
    func crossOrigin() async throws {
        try await TestServer.with(configure: {
            $0.apiKeys = ["a-key"]
            $0.allowedOrigins = ["https://app.example.com"]
        }) { server in
            try await RawSocket.with(server) { socket in
                let preflight = try socket.request(
                    "OPTIONS /v1/realtime/client_secrets HTTP/1.1", "Host: voice.example.com",
                    "Origin: https://app.example.com", "Access-Control-Request-Method: POST",
                    "Access-Control-Request-Headers: authorization,content-type",
                    "Access-Control-Request-Private-Network: true")
                #expect(preflight.head.hasPrefix("HTTP/1.1 204"))
                let fields = RawSocket.fields(preflight.head)
                #expect(fields["access-control-allow-origin"] == "https://app.example.com")
                #expect(fields["access-control-allow-headers"] == "authorization,content-type")
                #expect(fields["access-control-allow-methods"] == "GET, POST, PUT, DELETE")
                #expect(fields["access-control-allow-private-network"] == "true")
                #expect(fields["access-control-allow-credentials"] == nil && fields["vary"] == "Origin")
                let answer = RawSocket.fields(
                    try socket.request(
                        "GET /v1/models HTTP/1.1", "Host: voice.example.com", "Origin: https://app.example.com",
                        "Authorization: Bearer a-key"
                    ).head)
                #expect(answer["access-control-allow-origin"] == "https://app.example.com")
            }
            try await RawSocket.with(server) { socket in
                let stranger = try socket.request(
                    "OPTIONS /v1/models HTTP/1.1", "Host: voice.example.com", "Origin: https://evil.example",
                    "Access-Control-Request-Method: GET")
                #expect(stranger.head.hasPrefix("HTTP/1.1 403"))
                #expect(RawSocket.fields(stranger.head)["access-control-allow-origin"] == nil)
                // A page without a key is welcome to ask, and gets nothing.
                let keyless = try socket.request(
                    "GET /v1/models HTTP/1.1", "Host: voice.example.com", "Origin: https://app.example.com")
                #expect(keyless.head.hasPrefix("HTTP/1.1 401"))
            }
            try await RawSocket.with(server) { socket in
                let upgrade = try socket.request(
                    "GET /v1/realtime?model=gpt-realtime HTTP/1.1", "Host: voice.example.com",
                    "Origin: https://evil.example", "Authorization: Bearer a-key", "Connection: Upgrade",
                    "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
                #expect(upgrade.head.hasPrefix("HTTP/1.1 403") && upgrade.body.contains("allowed-origins"))
            }
        }
    }

    @Test("every answer tells the browser not to guess, frame, keep or tell of it")
    func securityFields() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                for target in ["/healthz", "/v1/models", "/nothing"] {
                    let fields = RawSocket.fields(try socket.request("GET \(target) HTTP/1.1", "Host: localhost").head)
                    #expect(fields["x-content-type-options"] == "nosniff")
                    #expect(fields["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'")
                    #expect(fields["referrer-policy"] == "no-referrer")
                    #expect(fields["cache-control"] == "no-store")
                }
            }
        }
    }
}
