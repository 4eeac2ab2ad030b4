import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization
import Testing

@testable import RealtimeServer

/// Files that change under a running server.
@Suite(.timeLimit(.minutes(2))) struct ReloadTests {
    let folder: TestFolder
    let first: TestCertificate
    let log = TestLog()

    init() throws {
        folder = try TestFolder()
        first = try folder.write(TestCertificate())
    }

    /// Runs `body` while the certificate watches its files.
    private func watching(_ body: (ServerCertificate) async throws -> Void) async throws {
        let certificate = try ServerCertificate(folder.settings, interval: .milliseconds(10), logger: log.logger)
        try await withThrowingTaskGroup { group in
            group.addTask { await certificate.run() }
            try await body(certificate)
            group.cancelAll()
        }
    }

    @Test func rotation() async throws {
        try await watching { certificate in
            try await TestServer.run(certificate) { server in
                let old = try await TestClient.connect(server, trusting: first.root)
                let fingerprint = certificate.fingerprint
                let second = try folder.write(TestCertificate())
                #expect(try await eventually { certificate.fingerprint != fingerprint })
                let new = try await TestClient.connect(server, trusting: second.root)
                #expect(try await new.serial == second.serial)
                #expect(try await old.ask("still here\n", until: "\n") == "still here\n")
                #expect(try await old.serial == first.serial)
                try await old.channel.close()
                try await new.channel.close()
            }
        }
        #expect(log.lines(.info).count == 2)
    }

    @Test func reload() async throws {
        let certificate = try ServerCertificate(folder.settings, logger: log.logger)
        try await TestServer.run(certificate) { server in
            let second = try folder.write(TestCertificate())
            try certificate.reload()
            let client = try await TestClient.connect(server, trusting: second.root)
            #expect(try await client.serial == second.serial)
            try await client.channel.close()

            try folder.write(certificate: "broken")
            let error = try #require(throws: ServerError.self) { try certificate.reload() }
            #expect(error.message.contains("is not PEM"))
            let next = try await TestClient.connect(server, trusting: second.root)
            try await next.channel.close()
        }
    }

    /// The certificate is there, its key is not yet.
    @Test func halfWritten() async throws {
        try await watching { certificate in
            try await TestServer.run(certificate) { server in
                let fingerprint = certificate.fingerprint
                let second = try TestCertificate()
                try folder.write(certificate: second.pem)
                #expect(try await eventually { log.lines(.error).count == 1 })
                try await Task.sleep(for: .milliseconds(200))
                #expect(log.lines(.error).count == 1)
                #expect(
                    log.lines(.error).first?.contains("error=The private key in \(folder.path)/key.pem does not fit")
                        == true)
                #expect(certificate.fingerprint == fingerprint)
                let client = try await TestClient.connect(server, trusting: first.root)
                try await client.channel.close()
                try folder.write(key: second.keyPEM)
                #expect(try await eventually { certificate.fingerprint != fingerprint })
                let next = try await TestClient.connect(server, trusting: second.root)
                try await next.channel.close()
            }
        }
    }

    /// Each is told of once, and nothing comes of it.
    @Test func brokenOnes() throws {
        let certificate = try ServerCertificate(folder.settings, logger: log.logger)
        let fingerprint = certificate.fingerprint
        var told = 0
        func expectTold(_ words: String, _ here: SourceLocation = #_sourceLocation) {
            certificate.look()
            certificate.look()
            told += 1
            #expect(log.lines(.error).count == told, sourceLocation: here)
            #expect(log.lines(.error).last?.contains(words) == true, sourceLocation: here)
            #expect(certificate.fingerprint == fingerprint, sourceLocation: here)
        }
        try FileManager.default.removeItem(atPath: folder.settings.certificatePath)
        expectTold("cannot be read")
        try folder.write(certificate: "broken")
        expectTold("is not PEM")
        try folder.write(TestCertificate(from: -7200, days: -0.01))
        expectTold("has expired")
        try folder.write(TestCertificate(from: 7200))
        expectTold("is not valid before")
        try folder.write(first)
        certificate.look()
        #expect(log.lines(.error).count == told)
        try folder.write(certificate: "broken")  // Again, after it was mended: told again.
        expectTold("is not PEM")
        try folder.write(first)
        certificate.look()
        #expect(log.lines(.info).count == 1)
    }

    /// Who asked to reload has been told.
    @Test func failedReloadIsNotToldAgain() throws {
        let certificate = try ServerCertificate(folder.settings, logger: log.logger)
        try folder.write(key: TestCertificate().keyPEM)
        #expect(throws: ServerError.self) { try certificate.reload() }
        certificate.look()
        #expect(log.lines(.error) == [])
    }

    /// Nobody restarts a server for months.
    @Test func endWhileItRuns() throws {
        let ahead = Mutex(0.0)
        let certificate = try ServerCertificate(
            folder.settings, logger: log.logger, names: MachineNames.current,
            now: { Date() + ahead.withLock { $0 } * 86_400 })
        for (days, warnings, errors) in [
            (0.0, 0, 0), (80.2, 1, 0), (80.4, 1, 0), (81.2, 2, 0), (91.2, 2, 1), (91.4, 2, 1),
        ] {
            ahead.withLock { $0 = days }
            certificate.look()
            #expect(log.lines(.warning).count == warnings)
            #expect(log.lines(.error).count == errors)
        }
        #expect(log.lines(.error).first?.contains("has expired") == true)
        try folder.write(TestCertificate(days: 200))
        certificate.look()
        #expect(log.lines(.info).count == 2)
    }

    @Test func endsWithTheServer() async throws {
        let certificate = try ServerCertificate(folder.settings, logger: log.logger)
        let group = ServiceGroup(services: [certificate], logger: log.logger)
        let running = Task { try await group.run() }
        try await Task.sleep(for: .milliseconds(50))
        await group.triggerGracefulShutdown()
        try await running.value
    }
}
