import Crypto
import Foundation
import NIOCore
import NIOSSL
import Testing
import X509

@testable import RealtimeServer

/// Real clients at a real socket.
@Suite(.timeLimit(.minutes(2))) struct HandshakeTests {
    let folder: TestFolder
    let good: TestCertificate
    let log = TestLog()

    init() throws {
        folder = try TestFolder()
        good = try folder.write(TestCertificate())
    }

    private func certificate(handshakeTimeout: Duration = .seconds(10)) throws -> ServerCertificate {
        try ServerCertificate(folder.settings, handshakeTimeout: handshakeTimeout, logger: log.logger)
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13]) func verified(version: TLSVersion) async throws {
        try await TestServer.run(certificate()) { server in
            let client = try await TestClient.connect(server, trusting: good.root) {
                $0.maximumTLSVersion = version
                $0.applicationProtocols = ["h2", "http/1.1"]
            }
            #expect(try await client.ask("hello\n", until: "\n") == "hello\n")
            #expect(try await client.serial == good.serial)
            #expect(try await client.version == version)
            #expect(try await client.agreedProtocol == "http/1.1")
            try await client.channel.close()
            #expect(try await eventually { server.seen.closed == 1 })
            #expect(server.seen.errors == [])
        }
    }

    @Test func rsa() async throws {
        let rsa = try folder.write(TestCertificate(key: TestCertificate.rsa()))
        try await TestServer.run(certificate()) { server in
            let client = try await TestClient.connect(server, trusting: rsa.root)
            #expect(try await client.ask("hello\n", until: "\n") == "hello\n")
            try await client.channel.close()
        }
    }

    /// A client that knows the root alone needs what lies in between.
    @Test func chain() async throws {
        let root = try TestCertificate("Root", isAuthority: true)
        let middle = try TestCertificate("Middle", issuer: root, isAuthority: true)
        let leaf = try TestCertificate(issuer: middle)
        try folder.write(certificate: leaf.pem + middle.pem, key: leaf.keyPEM)
        try await TestServer.run(certificate()) { server in
            let client = try await TestClient.connect(server, trusting: root.root)
            #expect(try await client.serial == leaf.serial)
            try await client.channel.close()
        }
    }

    @Test func clientThatTrustsAnother() async throws {
        try await TestServer.run(certificate()) { server in
            await #expect(throws: NIOSSLError.self) {
                try await TestClient.connect(server, trusting: TestCertificate().root)
            }
            await #expect(throws: (any Error).self) {
                try await TestClient.connect(server, trusting: good.root, name: "example.com")
            }
            let haveEnded = try await eventually { server.seen.closed == 2 }
            #expect(haveEnded)
        }
    }

    @Test func oldVersionsAreRefused() async throws {
        try await TestServer.run(certificate()) { server in
            await #expect(throws: NIOSSLError.self) {
                try await TestClient.connect(server, trusting: good.root) {
                    $0.minimumTLSVersion = .tlsv1
                    $0.maximumTLSVersion = .tlsv11
                }
            }
            let saidSo = try await eventually { server.seen.errors.contains { $0.contains("UNSUPPORTED_PROTOCOL") } }
            #expect(saidSo, "\(server.seen.errors)")
        }
    }

    /// The composition of WebSocketUpgradeChannel: requests, the next on the same connection, and an upgrade.
    @Test func http() async throws {
        try await TestServer.run(certificate(), .http) { server in
            let client = try await TestClient.connect(server, trusting: good.root)
            for _ in 0..<2 {
                let answer = try await client.ask("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", until: "hello\n")
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            }
            try await client.channel.close()
            let webSocket = try await TestClient.connect(server, trusting: good.root)
            let answer = try await webSocket.ask(
                "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                until: "\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 101 "))
            // A masked frame of text, masked with zeros.
            try await webSocket.send([0x81, 0x82, 0, 0, 0, 0])
            #expect(try await webSocket.ask("ok", until: "ok").hasSuffix("ok"))
            try await webSocket.channel.close()
        }
    }

    @Test(
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")),
        arguments: [
            (["-tls1_3"], true), (["-tls1_2"], true), (["-tls1_1", "-cipher", "ALL:@SECLEVEL=0"], false),
        ])
    func openssl(options: [String], isAccepted: Bool) async throws {
        try await TestServer.run(certificate()) { server in
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/openssl")
            process.arguments =
                [
                    "s_client", "-connect", "127.0.0.1:\(server.port)", "-servername", "localhost", "-CAfile",
                    folder.settings.certificatePath, "-verify_return_error", "-verify_hostname", "localhost", "-alpn",
                    "h2,http/1.1", "-brief",
                ] + options
            let output = Pipe()
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect((process.terminationStatus == 0) == isAccepted, "\(text)")
            #expect(text.contains("Verification: OK") == isAccepted, "\(text)")
        }
    }

    // MARK: Those that are no TLS clients

    @Test(arguments: [TestServer.Service.echo, .http]) func handshakeThatNeverComes(_ service: TestServer.Service)
        async throws
    {
        try await TestServer.run(certificate(handshakeTimeout: .milliseconds(200)), service) { server in
            let start = ContinuousClock.now
            let client = try await TestClient.plain(server)
            try await client.channel.closeFuture.get()
            let time = ContinuousClock.now - start
            #expect(time >= .milliseconds(190) && time < .seconds(8), "\(time)")
        }
    }

    /// One byte after the other, of a record that is never whole.
    @Test func handshakeThatNeverEnds() async throws {
        try await TestServer.run(certificate(handshakeTimeout: .milliseconds(300))) { server in
            let start = ContinuousClock.now
            let client = try await TestClient.plain(server)
            try? await client.send([0x16, 0x03, 0x01, 0x02, 0x00])
            while client.channel.isActive {
                try? await client.send([0x01])
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(ContinuousClock.now - start < .seconds(8))
        }
    }

    @Test func openConnectionOutlivesTheTimeout() async throws {
        try await TestServer.run(certificate(handshakeTimeout: .seconds(2))) { server in
            let client = try await TestClient.connect(server, trusting: good.root)
            try await Task.sleep(for: .seconds(2.2))
            #expect(try await client.ask("hello\n", until: "\n") == "hello\n")
            try await client.channel.close()
        }
    }

    @Test(
        arguments: [TestServer.Service.echo, .http],
        ["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", String(repeating: "\0", count: 32), "hello\r\n"])
    func plainClient(_ service: TestServer.Service, text: String) async throws {
        try await TestServer.run(certificate(), service) { server in
            let start = ContinuousClock.now
            let client = try await TestClient.plain(server)
            try await client.send(text)
            try await client.channel.closeFuture.get()
            #expect(ContinuousClock.now - start < .seconds(8))  // not by the timeout
            #expect(try await eventually { server.seen.closed == 1 })
            // It goes on serving others.
            let next = try await TestClient.connect(server, trusting: good.root)
            try await next.channel.close()
        }
    }

    @Test(arguments: [TestServer.Service.echo, .http]) func clientThatLeaves(_ service: TestServer.Service) async throws
    {
        try await TestServer.run(certificate(), service) { server in
            for bytes: [UInt8] in [[], [0x16], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] {
                let client = try await TestClient.plain(server)
                if !bytes.isEmpty { try await client.send(bytes) }
                try await client.channel.close()
            }
            #expect(try await eventually { server.seen.closed == 3 })
        }
    }
}
