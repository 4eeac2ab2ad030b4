import Foundation
import RealtimeProtocol
import Testing

@testable import RealtimeServer

/// The two keys that are made anew one after the other.
@Suite struct KeyRingTests {
    private static func configuration(host: String = "127.0.0.1", keys: [String] = []) -> ServerConfiguration {
        var configuration = ServerConfiguration()
        configuration.host = host
        configuration.apiKeys = keys
        return configuration
    }

    @Test("a key is good until it is made anew, and the other one all the while")
    func rotation() async throws {
        let ring = try KeyRing(Self.configuration(keys: ["mine"]), ServerDatabase())
        let first = try await ring.regenerate(.key1)
        let second = try await ring.regenerate(.key2)
        #expect(first.count == 43 && first != second)
        #expect(ring.current.find(first)?.name == "key1" && ring.current.find(second)?.name == "key2")
        #expect(ring.current.find("mine")?.name == "configured 1")
        let third = try await ring.regenerate(.key1)
        #expect(!ring.current.accept(first) && ring.current.accept(second) && ring.current.accept(third))
        #expect(try await ring.revoke(.key2))
        #expect(try await !ring.revoke(.key2))
        #expect(!ring.current.accept(second) && ring.current.accept("mine"))
        for wrong in [nil, "", "key1", String(third.dropLast()), third + "x", third.uppercased()] {
            #expect(!ring.current.accept(wrong))
        }
    }

    @Test("the first key closes an open server, the last one taken away opens only one that nobody else can reach")
    func openness() async throws {
        let local = try KeyRing(Self.configuration(), ServerDatabase())
        #expect(local.current.isOpen && local.current.accept(nil))
        let key = try await local.regenerate(.key1)
        #expect(!local.current.isOpen && !local.current.accept(nil) && local.current.accept(key))
        _ = try await local.revoke(.key1)
        #expect(local.current.isOpen)

        let database = try ServerDatabase()
        _ = try await KeyRing(Self.configuration(), database).regenerate(.key2)
        let reachable = try KeyRing(Self.configuration(host: "0.0.0.0"), database)
        _ = try await reachable.revoke(.key2)
        #expect(!reachable.current.isOpen && !reachable.current.accept(nil) && !reachable.current.accept(""))
    }

    @Test("what is kept of a key cannot be turned back into it")
    func atRest() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vivavoce-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let ring = try KeyRing(Self.configuration(), ServerDatabase(folder: folder))
        let key = try await ring.regenerate(.key1)
        let file = try Data(contentsOf: URL(filePath: folder + "/vivavoce.sqlite"))
        #expect(file.range(of: Data(key.utf8)) == nil)
        #expect(file.range(of: Data(key.prefix(20).utf8)) == nil)
        #expect(!"\(ring.current) \(ring.stored)".contains(key.prefix(20)))
        let again = try KeyRing(Self.configuration(), ServerDatabase(folder: folder))
        #expect(again.current.accept(key))
        #expect(again.stored.first?.ending == String(key.suffix(4)))
    }

    @Test("made anew over HTTP, in the shape of the management API")
    func overHTTP() async throws {
        try await TestServer.with(configure: { $0.apiKeys = ["master"] }) { server in
            let path =
                "/subscriptions/0/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/regenerateKey"
            #expect(try await server.post(path, #"{"keyName":"Key1"}"#, key: "wrong").status == 401)
            #expect(try await server.post(path, #"{"keyName":"Key3"}"#, key: "master").status == 400)
            #expect(try await server.post(path, "key1", key: "master").status == 400)
            let made = try await server.post(path, #"{"keyName":"Key1"}"#, key: "master")
            let key = try #require(made.body["key1"]?.string)
            #expect(made.status == 200 && made.body["key2"] == .null)
            let next = try await server.post("/accounts/a/regenerateKey", #"{"keyName":"key1"}"#, key: key)
            #expect(next.status == 200)
            #expect(try await server.post(path, #"{"keyName":"Key2"}"#, key: key).status == 401)
        }
    }
}

extension APIKeys {
    /// Whether somebody with this key may open a session.
    fileprivate func accept(_ key: String?) -> Bool {
        let credential = key.map { Handshake.Credential(value: $0, source: .apiKeyHeader) }
        let policy = HandshakePolicy(keys: self, deployments: Deployments())
        guard case .success = policy.identify(credential, nil, for: .inference, operation: "") else { return false }
        return true
    }
}
