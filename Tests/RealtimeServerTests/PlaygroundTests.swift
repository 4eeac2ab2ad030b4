import Foundation
import Testing

@testable import RealtimeServer

/// How the playground's files are served; what they do is tested in a browser (`Tests/Playground`).
@Suite struct PlaygroundTests {
    private static let host = "Host: localhost"

    @Test("the page names its files by what is in them; it is asked for again, they are kept for ever")
    func files() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                let page = try socket.request("GET / HTTP/1.1", Self.host)
                let fields = RawSocket.fields(page.head)
                #expect(page.head.hasPrefix("HTTP/1.1 200") && fields["content-type"] == "text/html; charset=utf-8")
                #expect(fields["cache-control"] == "no-cache")
                let tag = try #require(fields["etag"])
                let again = try socket.request("GET / HTTP/1.1", Self.host, "If-None-Match: \(tag)")
                #expect(again.head.hasPrefix("HTTP/1.1 304") && again.body.isEmpty)
                #expect(!page.body.contains("\"./"), "every file is named by its whole path")
                for path in page.body.matches(of: /"(\/playground\/[^"]+)"/).map(\.output.1) {
                    let file = try socket.request("GET \(path) HTTP/1.1", Self.host)
                    #expect(file.head.hasPrefix("HTTP/1.1 200") && file.body.utf8.count > 100, "\(path)")
                    #expect(RawSocket.fields(file.head)["cache-control"] == "public, max-age=31536000, immutable")
                }
            }
        }
    }

    @Test("nothing but the page's own scripts runs on it, and nobody frames it")
    func policy() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                let fields = RawSocket.fields(try socket.request("GET / HTTP/1.1", Self.host).head)
                let policy = try #require(fields["content-security-policy"]).split(separator: "; ")
                #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
                #expect(policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"))
                #expect(!policy.contains { $0.contains("unsafe") || $0.contains("data:") })
                #expect(fields["x-content-type-options"] == "nosniff")
            }
        }
    }

    @Test("the protocol client is there under a name that stays, for any page that may use the server")
    func client() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                let client = try socket.request("GET /realtime.js HTTP/1.1", Self.host, "Origin: http://localhost:5173")
                let fields = RawSocket.fields(client.head)
                #expect(fields["content-type"] == "text/javascript; charset=utf-8")
                #expect(fields["access-control-allow-origin"] == "http://localhost:5173")
                #expect(client.body.contains("export class Realtime "))
            }
        }
    }

    @Test("the page needs no key, but a server without one shows it to this machine only")
    func access() async throws {
        try await TestServer.with(configure: {
            $0.apiKeys = ["a-key"]
            $0.host = "127.0.0.1"
        }) { server in
            try await RawSocket.with(server) { socket in
                try Self.expect(200, socket.request("GET / HTTP/1.1", "Host: voice.example.com").head)
            }
        }
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                try Self.expect(403, socket.request("GET / HTTP/1.1", "Host: voice.example.com").head)
            }
        }
    }

    @Test("it can be left out")
    func off() async throws {
        try await TestServer.with(configure: { $0.playground = false }) { server in
            try await RawSocket.with(server) { socket in
                try Self.expect(404, socket.request("GET / HTTP/1.1", Self.host).head)
                try Self.expect(404, socket.request("GET /realtime.js HTTP/1.1", Self.host).head)
            }
        }
    }

    private static func expect(_ status: Int, _ head: String) { #expect(head.hasPrefix("HTTP/1.1 \(status) ")) }
}
