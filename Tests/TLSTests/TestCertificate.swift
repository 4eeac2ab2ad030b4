import Crypto
import CryptoExtras
import Foundation
import NIOSSL
import SwiftASN1
import X509

@testable import RealtimeServer

/// A certificate made for a test, with its key.
struct TestCertificate {
    let certificate: Certificate
    let key: Certificate.PrivateKey

    /// For `localhost`; signed by `issuer`, by itself if there is none.
    init(
        _ name: String = "localhost", key: Certificate.PrivateKey = .init(P256.Signing.PrivateKey()),
        issuer: TestCertificate? = nil, isAuthority: Bool = false, from start: TimeInterval = -3600,
        days: Double = 90
    ) throws {
        let subject = try DistinguishedName { CommonName(name) }
        self.key = key
        certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: key.publicKey, notValidBefore: Date() + start,
            notValidAfter: Date() + days * 86_400, issuer: issuer?.certificate.subject ?? subject, subject: subject,
            signatureAlgorithm: (issuer?.key ?? key).signatureAlgorithm,
            extensions: try Certificate.Extensions {
                Critical(
                    isAuthority
                        ? BasicConstraints.isCertificateAuthority(maxPathLength: nil)
                        : BasicConstraints.notCertificateAuthority)
                SubjectAlternativeNames([.dnsName(name)])
            }, issuerPrivateKey: issuer?.key ?? key)
    }

    static func rsa() throws -> Certificate.PrivateKey {
        .init(try _RSA.Signing.PrivateKey(keySize: .bits2048))
    }

    var pem: String { get throws { try certificate.serializeAsPEM().pemString + "\n" } }
    var keyPEM: String { get throws { try key.serializeAsPEM().pemString + "\n" } }
    /// As NIOSSL knows it, to be trusted by a client.
    var root: NIOSSLCertificate { get throws { try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem) } }
    var serial: [UInt8] { get throws { try root.serialNumber } }
}

extension Certificate.PrivateKey {
    fileprivate var signatureAlgorithm: Certificate.SignatureAlgorithm {
        if _RSA.Signing.PublicKey(publicKey) != nil { return .sha256WithRSAEncryption }
        return Curve25519.Signing.PublicKey(publicKey) != nil ? .ed25519 : .ecdsaWithSHA256
    }
}

/// A folder for one test, removed with it.
final class TestFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.appending(path: "tls-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var settings: TLSSettings { .files(certificate: path + "/cert.pem", key: path + "/key.pem") }

    /// Writes both files, those that are given.
    func write(certificate: String? = nil, key: String? = nil) throws {
        try certificate.map { try Data($0.utf8).write(to: URL(filePath: settings.certificatePath), options: .atomic) }
        try key.map { try Data($0.utf8).write(to: URL(filePath: settings.keyPath), options: .atomic) }
    }

    @discardableResult
    func write(_ certificate: TestCertificate) throws -> TestCertificate {
        try write(certificate: certificate.pem, key: certificate.keyPEM)
        return certificate
    }
}
