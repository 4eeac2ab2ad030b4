import Crypto
import Foundation
import Logging
import NIOCore
import NIOSSL
import SwiftASN1
import Synchronization
import Testing
import X509

@testable import RealtimeServer

/// The certificate a server makes for itself.
@Suite(.timeLimit(.minutes(2))) struct SelfSignedTests {
    let folder: TestFolder
    let settings: TLSSettings
    let log = TestLog()
    let names = MachineNames(
        hostName: "Studio.example", addresses: [[192, 168, 1, 7], [0xFD] + [UInt8](repeating: 1, count: 15)])

    init() throws {
        folder = try TestFolder()
        settings = .selfSigned(folder: folder.path + "/deep/tls")
    }

    private func start(_ names: MachineNames? = nil, ahead days: Double = 0) throws -> ServerCertificate {
        let names = names ?? self.names
        return try ServerCertificate(
            settings, logger: log.logger, names: { names }, now: { Date() + days * 86_400 })
    }

    private func stored() throws -> Certificate {
        try Certificate(pemEncoded: String(contentsOfFile: settings.certificatePath, encoding: .utf8))
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func contents() throws {
        let certificate = try start()
        let stored = try stored()
        #expect(stored.publicKey == (try key()))
        #expect(P256.Signing.PublicKey(stored.publicKey) != nil)
        #expect(stored.notValidAfter.timeIntervalSince(stored.notValidBefore) <= 825 * 86_400)
        #expect(try stored.extensions.extendedKeyUsage == ExtendedKeyUsage([.serverAuth]))
        #expect(try stored.extensions.basicConstraints == .notCertificateAuthority)
        #expect(try MachineNames(stored) == names)
        #expect(names.hosts == ["localhost", "studio.example", "studio.local"])
        #expect(names.addresses.count == 4)
        #expect(certificate.fingerprint.utf8.count == 32 * 3 - 1)
        #expect(log.lines(.notice).count == 1)
    }

    private func key() throws -> Certificate.PublicKey {
        try Certificate.PrivateKey(pemEncoded: String(contentsOfFile: settings.keyPath, encoding: .utf8)).publicKey
    }

    @Test func modes() throws {
        _ = try start()
        #expect(try mode(settings.keyPath) == 0o600)
        #expect(try mode(settings.certificatePath) == 0o600)
        #expect(try mode(folder.path + "/deep/tls") == 0o700)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path + "/deep/tls").sorted()
                == ["tls-certificate.pem", "tls-key.pem"])
    }

    /// This machine, as a client on it would reach it.
    @Test(arguments: ["localhost", nil]) func handshake(name: String?) async throws {
        let certificate = try ServerCertificate(settings, logger: log.logger)
        let root = try NIOSSLCertificate.fromPEMFile(settings.certificatePath)[0]
        try await TestServer.run(certificate) { server in
            // Without a name the client verifies the address 127.0.0.1.
            let client = try await TestClient.connect(server, trusting: root, name: name)
            #expect(try await client.ask("hello\n", until: "\n") == "hello\n")
            try await client.channel.close()
        }
    }

    /// With the rules that Python 3.13 applies by default.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
    func opensslAcceptsIt() throws {
        _ = try start()
        let path = settings.certificatePath
        let process = try Process.run(
            URL(filePath: "/usr/bin/openssl"),
            arguments: [
                "verify", "-x509_strict", "-purpose", "sslserver", "-verify_ip", "192.168.1.7", "-CAfile", path, path,
            ])
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
    }

    @Test func namesOfThisMachine() {
        let names = MachineNames.current()
        #expect(names.hosts.contains("localhost"))
        #expect(names.addresses.isSuperset(of: [[127, 0, 0, 1], [UInt8](repeating: 0, count: 15) + [1]]))
        #expect(names.addresses.allSatisfy { $0.count == 4 || $0.count == 16 })
    }

    @Test func oddHostNames() {
        let linkLocal: [UInt8] = [0xFE, 0x80] + [UInt8](repeating: 9, count: 14)
        for odd in ["", "localhost", "localhost.localdomain", "häuschen", "a b", ".", "*"] {
            #expect(MachineNames(hostName: odd, addresses: [linkLocal]).hosts == ["localhost"])
            #expect(MachineNames(hostName: odd, addresses: [linkLocal]).addresses.count == 2)
        }
        #expect(MachineNames(hostName: "pi.local", addresses: []).hosts == ["localhost", "pi.local"])
    }

    /// A name longer than a common name may be.
    @Test func longHostName() throws {
        let names = MachineNames(hostName: String(repeating: "a", count: 63) + ".example", addresses: [])
        _ = try start(names)
        #expect(try MachineNames(stored()) == names)
    }

    @Test(arguments: [0, 794]) func isUsedAgain(days: Double) throws {
        let first = try start().fingerprint
        #expect(try start(ahead: days).fingerprint == first)
        #expect(log.lines(.notice).count == 1)
    }

    @Test(arguments: [796, 900]) func isRenewed(days: Double) throws {
        let first = try start().fingerprint
        let later = try start(ahead: days)
        #expect(later.fingerprint != first)
        #expect(later.expiresAt > Date() + (days + 800) * 86_400)
        #expect(try start(ahead: days).fingerprint == later.fingerprint)
    }

    @Test func otherNames() throws {
        let first = try start().fingerprint
        let moved = MachineNames(hostName: "Studio.example", addresses: [[192, 168, 1, 8]])
        let second = try start(moved).fingerprint
        #expect(second != first)
        #expect(try start(moved).fingerprint == second)
        #expect(log.lines(.notice).last?.contains("have changed") == true)
    }

    @Test func unusableOnes() throws {
        var last = try start().fingerprint
        try FileManager.default.removeItem(atPath: settings.keyPath)
        for broken in [nil, "", "broken", try TestCertificate().keyPEM] {
            if let broken { try Data(broken.utf8).write(to: URL(filePath: settings.keyPath)) }
            let next = try start().fingerprint
            #expect(next != last)
            #expect(try mode(settings.keyPath) == 0o600)
            last = next
        }
    }

    @Test func folderThatCannotBe() throws {
        try Data().write(to: URL(filePath: folder.path + "/deep"))
        let error = try #require(throws: ServerError.self) { try start() }
        #expect(
            error.message == "The self-signed certificate cannot be written to \(folder.path)/deep/tls. "
                + "May the server's user write there?")
    }

    @Test func renewalWhileItRuns() throws {
        let ahead = Mutex(0.0)
        let names = names
        let certificate = try ServerCertificate(
            settings, logger: log.logger, names: { names }, now: { Date() + ahead.withLock { $0 } * 86_400 })
        let first = certificate.fingerprint
        certificate.look()
        #expect(certificate.fingerprint == first)
        ahead.withLock { $0 = 800 }
        certificate.look()
        #expect(certificate.fingerprint != first)
        #expect(log.lines(.error) == [])
    }

    /// An address that comes while the server runs is taken up when it is asked to reload, not by itself: clients may have
    /// pinned the fingerprint.
    @Test func namesThatChangeWhileItRuns() throws {
        let now = Mutex(names)
        let certificate = try ServerCertificate(
            settings, logger: log.logger, names: { now.withLock { $0 } }, now: { Date() })
        let first = certificate.fingerprint
        now.withLock { $0 = MachineNames(hostName: "other", addresses: []) }
        certificate.look()
        #expect(certificate.fingerprint == first)
        try certificate.reload()
        #expect(certificate.fingerprint != first)
    }
}
