import Foundation
import Testing

@testable import RealtimeServer

/// Documents of an issuer that cannot be used: no token is accepted, and the log says why.
@Suite struct KeyDocumentTests {
    static let discovery = "/.well-known/openid-configuration"

    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// What the log says, with the issuer's URL for `*`.
        var why: String
        var change: @Sendable (Bench) throws -> Void

        init(_ name: String, _ why: String, change: @escaping @Sendable (Bench) throws -> Void) {
            testDescription = name
            self.why = why
            self.change = change
        }

        static func answer(_ name: String, _ why: String, _ path: String, _ reply: LittleServer.Reply) -> Row {
            Row(name, why) { $0.server.answer(path, reply) }
        }
    }

    static let rows: [Row] = [
        Row(
            "another issuer's",
            #"*/.well-known/openid-configuration describes another issuer, "https://login.example.com"; set the issuer"#
        ) {
            try $0.publish([.object($0.keys[0].published)], issuer: "https://login.example.com")
        },
        Row("the issuer and a slash", #"describes another issuer, "*/""#) {
            try $0.publish([.object($0.keys[0].published)], issuer: $0.server.url + "/")
        },
        Row("keys over plain HTTP elsewhere", "has a jwks_uri that is not https") {
            try $0.publish([], keysURL: "http://login.example.com/keys")
        },
        Row("keys in a file", "has a jwks_uri that is not https") { try $0.publish([], keysURL: "file:///etc/passwd") },
        Row("no keys", "*/keys has no key that can be used") { try $0.publish([]) },
        .answer("none", "answered with the HTTP status 404", discovery, .init(status: 404)),
        .answer("broken", "answered with the HTTP status 500", "/keys", .init(status: 500, body: "{}")),
        .answer("no JSON", "what */keys answers is not the JSON that it should be", "/keys", .init(body: "<html>")),
        .answer("other JSON", "is not the JSON that it should be", discovery, .init(body: #"{"issuer":7}"#)),
        .answer("keys that are no list", "is not the JSON that it should be", "/keys", .init(body: #"{"keys":{}}"#)),
        .answer(
            "a redirect", "answered with the HTTP status 302", discovery,
            .init(status: 302, fields: ["Location: /elsewhere"])),
        .answer(
            "a document that is too long", "*/keys is longer than 1048576 bytes", "/keys",
            .init(body: String(repeating: " ", count: (1 << 20) + 1))),
        .answer(
            "one that is too long and does not say so", "*/keys is longer than 1048576 bytes", "/keys",
            .init(body: String(repeating: " ", count: (1 << 20) + 1), tellsLength: false)),
    ]

    @Test(arguments: rows) func refuses(_ row: Row) async throws {
        let bench = try Bench()
        try row.change(bench)
        let refusal = try #require(try await bench.refusal(of: bench.token()))
        #expect(refusal.cause == .unreachable && refusal.status == 503)
        let why = row.why.replacing("*", with: bench.server.url)
        #expect(refusal.reason.contains(why), "\(refusal.reason)")
        #expect(bench.log.lines.contains { $0.hasPrefix("error") && $0.contains(why) })
        // The client need not know.
        #expect(!refusal.message.contains(why))
        #expect(!bench.server.requests.contains("/elsewhere"))
    }

    @Test func readsADocumentOfTheGreatestLength() async throws {
        let bench = try Bench()
        let keys = try JSON.object(["keys": [.object(bench.keys[0].published)]]).string
        let space = String(repeating: " ", count: (1 << 20) - keys.utf8.count)
        bench.server.answer("/keys", .init(body: keys + space))
        #expect(try await bench.refusal(of: bench.token()) == nil)
    }

    /// The time is for all of it: an answer that begins and does not end is none.
    @Test func givesUpOnAnAnswerThatDoesNotEnd() async throws {
        let bench = try Bench()
        bench.server.answer(Self.discovery, .init(body: "{", stops: true))
        let address = try #require(TrustedAddress(bench.server.url + Self.discovery))
        let failure = await #expect(throws: KeySource.Failure.self) {
            _ = try await HTTPDocumentFetcher(timeout: .milliseconds(100)).fetch(address)
        }
        #expect(failure?.description == "\(address.url) did not answer within 0.1 seconds")
    }

    /// An issuer with https must not hand its keys over to plain HTTP, not even on this machine.
    @Test func keepsToHTTPS() async throws {
        struct Told: DocumentFetcher {
            func fetch(_ address: TrustedAddress) async throws -> [UInt8] {
                Array(#"{"issuer":"https://login.example.com","jwks_uri":"http://127.0.0.1:1/keys"}"#.utf8)
            }
        }
        let source = KeySource(issuer: try TokenIssuer("https://login.example.com"), fetcher: Told())
        let failure = await #expect(throws: KeySource.Failure.self) { _ = try await source.load() }
        #expect(failure?.description.contains("not https") == true)
    }
}
