import Crypto
import Foundation
import Logging
import NIOSSL
import SwiftASN1
import Testing
import X509

@testable import RealtimeServer

/// What a person is told of files that TLS cannot be served with.
struct LoadTests {
    let folder: TestFolder
    let good: TestCertificate

    init() throws {
        folder = try TestFolder()
        good = try folder.write(TestCertificate())
    }

    /// The message, with the folder's path left out.
    private func failure() throws -> String {
        let error = try #require(throws: ServerError.self) {
            try ServerCertificate(folder.settings, logger: TestLog().logger)
        }
        return error.description.replacingOccurrences(of: folder.path + "/", with: "")
    }

    @Test func loads() throws {
        let log = TestLog()
        let certificate = try ServerCertificate(folder.settings, logger: log.logger)
        let der = try good.root.toDERBytes()
        #expect(
            certificate.fingerprint.split(separator: ":").map { UInt8($0, radix: 16) }
                == SHA256.hash(data: der).map { $0 })
        #expect(abs(certificate.expiresAt.timeIntervalSinceNow - 90 * 86_400) < 60)
        #expect(log.lines().count == 1)
        #expect(log.lines(.info).first?.contains("sha256=\(certificate.fingerprint)") == true)
    }

    @Test func otherKeys() throws {
        let log = TestLog()
        try folder.write(TestCertificate(key: TestCertificate.rsa()))
        _ = try ServerCertificate(folder.settings, logger: log.logger)
        try folder.write(TestCertificate(key: .init(P384.Signing.PrivateKey())))
        _ = try ServerCertificate(folder.settings, logger: log.logger)
        // As `openssl ecparam -genkey` writes it, with the name of the curve ahead.
        let parameters = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
        try folder.write(certificate: good.pem, key: parameters + good.keyPEM)
        _ = try ServerCertificate(folder.settings, logger: log.logger)
        // As Windows writes it.
        try folder.write(
            certificate: good.pem.replacingOccurrences(of: "\n", with: "\r\n"),
            key: good.keyPEM.replacingOccurrences(of: "\n", with: "\r\n"))
        _ = try ServerCertificate(folder.settings, logger: log.logger)
        #expect(log.lines(.info).count == 4)
        #expect(log.lines(.warning) == [])
    }

    @Test func keysThatBrowsersRefuse() throws {
        let log = TestLog()
        for key in [Certificate.PrivateKey(P521.Signing.PrivateKey()), .init(Curve25519.Signing.PrivateKey())] {
            try folder.write(TestCertificate(key: key))
            _ = try ServerCertificate(folder.settings, logger: log.logger)
        }
        let warning =
            "warning The certificate in \(folder.path)/cert.pem has a key that browsers refuse. Use RSA, P-256 or P-384. "
        #expect(log.lines(.warning) == [warning, warning])
    }

    @Test func missingCertificate() throws {
        try FileManager.default.removeItem(atPath: folder.settings.certificatePath)
        #expect(
            try failure()
                == "The certificate file cert.pem cannot be read. Does it exist, and may the server's user read it?")
    }

    @Test func missingKey() throws {
        try FileManager.default.removeItem(atPath: folder.settings.keyPath)
        #expect(
            try failure()
                == "The private key file key.pem cannot be read. Does it exist, and may the server's user read it?")
    }

    @Test func folderForFile() throws {
        try FileManager.default.removeItem(atPath: folder.settings.keyPath)
        try FileManager.default.createDirectory(atPath: folder.settings.keyPath, withIntermediateDirectories: false)
        #expect(try failure().hasPrefix("The private key file key.pem cannot be read."))
    }

    @Test(arguments: ["", "\n", "hello", "\u{0}\u{1}"]) func notPEM(_ text: String) throws {
        try folder.write(certificate: text)
        #expect(
            try failure()
                == "The certificate file cert.pem is not PEM: it has no line that starts with `-----BEGIN`. A file in DER is "
                + "converted with `openssl x509 -inform der -in cert.pem -out converted.pem`.")
        try folder.write(certificate: good.pem, key: text)
        #expect(
            try failure()
                == "The private key file key.pem is not PEM: it has no line that starts with `-----BEGIN`. A file in DER is "
                + "converted with `openssl pkey -inform der -in key.pem -out converted.pem`.")
    }

    @Test func confused() throws {
        try folder.write(certificate: good.keyPEM, key: good.pem)
        #expect(
            try failure() == "The certificate file cert.pem holds no certificate but: PRIVATE KEY. "
                + "Was it confused with another file, for example the key's?")
        try folder.write(certificate: good.pem)
        #expect(
            try failure() == "The private key file key.pem holds no private key but: CERTIFICATE. "
                + "Was it confused with another file, for example the certificate's?")
    }

    /// Every shorter prefix of either file is refused, and none traps.
    @Test func cutOff() throws {
        let one = try good.pem
        let chain = one + one
        for count in stride(from: 0, to: chain.utf8.count - 2, by: 7) {
            let isWhole = count == one.utf8.count || count == one.utf8.count - 1
            guard !isWhole else { continue }
            let cut = String(chain.prefix(count))
            // Before the second begins, the first is all there is.
            if cut.hasPrefix(one), !cut.dropFirst(one.utf8.count).contains("-----BEGIN ") { continue }
            try folder.write(certificate: cut)
            _ = try failure()
        }
        let key = try good.keyPEM
        try folder.write(certificate: good.pem)
        for count in stride(from: 0, to: key.utf8.count - 2, by: 3) {
            try folder.write(key: String(key.prefix(count)))
            _ = try failure()
        }
    }

    @Test func damaged() throws {
        let lines = try good.pem.split(separator: "\n")
        try folder.write(certificate: ([lines[0]] + lines.dropFirst(2)).joined(separator: "\n") + "\n")
        #expect(
            try failure() == "The certificate file cert.pem is damaged, or of a kind that is not supported. "
                + "Copy it anew from where it was issued.")
        try folder.write(
            certificate: good.pem, key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
        #expect(
            try failure() == "The private key file key.pem is damaged, or of a kind that is not supported. "
                + "Copy it anew from where it was issued.")
    }

    @Test(arguments: [
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n",
    ])
    func encrypted(_ key: String) throws {
        try folder.write(key: key)
        #expect(
            try failure()
                == "The private key file key.pem is encrypted, and the server has nobody to ask for the passphrase. "
                + "Decrypt it with `openssl pkey -in key.pem -out decrypted.pem` and give that file.")
    }

    @Test func wrongKey() throws {
        let message =
            "The private key in key.pem does not fit the certificate in cert.pem. Give the key with which the certificate was "
            + "requested; the server's own certificate must be the first of its file."
        try folder.write(key: TestCertificate().keyPEM)
        #expect(try failure() == message)
        try folder.write(key: TestCertificate(key: TestCertificate.rsa()).keyPEM)
        #expect(try failure() == message)
    }

    @Test func expired() throws {
        let old = try folder.write(TestCertificate(from: -86_400, days: -0.5))
        let end = Date(timeIntervalSince1970: TimeInterval(try old.root.notValidAfter)).formatted(.iso8601)
        #expect(try failure() == "The certificate in cert.pem has expired on \(end). Renew it; clients refuse it.")
    }

    @Test func notYetValid() throws {
        let future = try folder.write(TestCertificate(from: 3600))
        let start = Date(timeIntervalSince1970: TimeInterval(try future.root.notValidBefore)).formatted(.iso8601)
        #expect(
            try failure() == "The certificate in cert.pem is not valid before \(start). Is this machine's clock right?")
    }

    @Test(arguments: [(13.9, true), (14.1, false)]) func expiresSoon(days: Double, warns: Bool) throws {
        let log = TestLog()
        try folder.write(TestCertificate(days: days))
        let certificate = try ServerCertificate(folder.settings, logger: log.logger)
        let warning =
            "warning The certificate in \(folder.path)/cert.pem expires on "
            + "\(certificate.expiresAt.formatted(.iso8601)). Renew it. "
        #expect(log.lines(.warning) == (warns ? [warning] : []))
    }
}
