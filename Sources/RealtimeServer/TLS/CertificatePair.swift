import Crypto
import Foundation
import NIOSSL

/// A certificate with its key that TLS can be served with: both were read, understood and found to belong together.
struct CertificatePair: Sendable {
    /// What connections are made with.
    let context: NIOSSLContext
    /// SHA-256 of the server's own certificate: `AA:BB:…`, 32 pairs.
    let fingerprint: String
    /// The moment after which clients refuse it.
    let expiresAt: Date
    /// Whether its key is of a kind that every client knows. BoringSSL serves others too, but as a client, in Chrome and in
    /// NIOSSL, refuses them.
    let isWidelyAccepted: Bool
    /// Tells whether the files have changed since.
    let digest: SHA256Digest

    /// Understands `files`.
    ///
    /// - Parameter now: must lie within the time for which the certificate is valid.
    /// - Throws: ``ServerError``, which says what is wrong with which file.
    init(_ files: CertificateFiles, now: Date) throws {
        let path = files.settings.certificatePath
        let chain = try Self.chain(files)
        let key = try Self.key(files)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12  // RFC 8996: nobody should speak what came before.
        configuration.applicationProtocols = ["http/1.1"]  // The server speaks no HTTP/2, and a WebSocket needs 1.1.
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ServerError(
                .certificateUnusable,
                "The private key in \(files.settings.keyPath) does not fit the certificate in \(path). Give the key with which "
                    + "the certificate was requested; the server's own certificate must be the first of its file.",
                cause: error)
        }
        let leaf = chain[0]
        let startsAt = Date(timeIntervalSince1970: TimeInterval(leaf.notValidBefore))
        expiresAt = Date(timeIntervalSince1970: TimeInterval(leaf.notValidAfter))
        guard expiresAt > now else {
            throw ServerError(
                .certificateUnusable,
                "The certificate in \(path) has expired on \(expiresAt.formatted(.iso8601)). Renew it; clients refuse it."
            )
        }
        guard startsAt <= now else {
            throw ServerError(
                .certificateUnusable,
                "The certificate in \(path) is not valid before \(startsAt.formatted(.iso8601)). Is this machine's clock right?"
            )
        }
        do {
            isWidelyAccepted = try Self.isWidelyAccepted(leaf.extractPublicKey().toSPKIBytes())
            fingerprint = SHA256.hash(data: try leaf.toDERBytes()).map { String(format: "%02X", $0) }.joined(
                separator: ":")
        } catch {
            throw Self.damaged("certificate", path, error)
        }
        digest = files.digest
    }

    /// The certificates of the file: one at least.
    private static func chain(_ files: CertificateFiles) throws -> [NIOSSLCertificate] {
        let path = files.settings.certificatePath
        let labels = try pemLabels(files.certificate, "certificate", path, convert: "x509")
        let count = labels.count { $0 == "CERTIFICATE" }
        guard count > 0 else {
            throw ServerError(
                .certificateUnusable,
                "The certificate file \(path) holds no certificate but: \(labels.joined(separator: ", ")). "
                    + "Was it confused with another file, for example the key's?")
        }
        do {
            let chain = try NIOSSLCertificate.fromPEMBytes(files.certificate)
            // A file that is cut off within its last certificate reads as one with fewer certificates.
            guard chain.count == count else { throw NIOSSLError.failedToLoadCertificate }
            return chain
        } catch {
            throw damaged("certificate", path, error)
        }
    }

    private static func key(_ files: CertificateFiles) throws -> NIOSSLPrivateKey {
        let path = files.settings.keyPath
        let labels = try pemLabels(files.key, "private key", path, convert: "pkey")
        let text = String(decoding: files.key, as: UTF8.self)
        guard !labels.contains("ENCRYPTED PRIVATE KEY"), !text.contains("Proc-Type: 4,ENCRYPTED") else {
            throw ServerError(
                .certificateUnusable,
                "The private key file \(path) is encrypted, and the server has nobody to ask for the passphrase. Decrypt it "
                    + "with `openssl pkey -in \(path) -out decrypted.pem` and give that file.")
        }
        guard labels.contains(where: { $0.hasSuffix("PRIVATE KEY") }) else {
            throw ServerError(
                .certificateUnusable,
                "The private key file \(path) holds no private key but: \(labels.joined(separator: ", ")). "
                    + "Was it confused with another file, for example the certificate's?")
        }
        do {
            return try NIOSSLPrivateKey(bytes: files.key, format: .pem)
        } catch {
            throw damaged("private key", path, error)
        }
    }

    /// RSA, P-256 or P-384, by the object identifier within `publicKey`, a DER-encoded SubjectPublicKeyInfo.
    private static func isWidelyAccepted(_ publicKey: [UInt8]) -> Bool {
        let identifiers: [[UInt8]] = [
            [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01],
            [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07],
            [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22],
        ]
        return identifiers.contains { publicKey.prefix(32).contains($0) }
    }

    /// The kinds of what a PEM file holds, like `CERTIFICATE`: one at least. (NIOSSL traps on an empty file.)
    private static func pemLabels(
        _ bytes: [UInt8], _ what: String, _ path: String, convert command: String
    ) throws -> [String] {
        let begin = "-----BEGIN "
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        let labels = lines.filter { $0.hasPrefix(begin) }.map { String($0.dropFirst(begin.count).prefix { $0 != "-" }) }
        guard !labels.isEmpty else {
            throw ServerError(
                .certificateUnusable,
                "The \(what) file \(path) is not PEM: it has no line that starts with `-----BEGIN`. A file in DER is converted "
                    + "with `openssl \(command) -inform der -in \(path) -out converted.pem`.")
        }
        // One that is still being written.
        guard lines.count(where: { $0.hasPrefix("-----END ") }) == labels.count else { throw damaged(what, path, nil) }
        return labels
    }

    private static func damaged(_ what: String, _ path: String, _ error: (any Error)?) -> ServerError {
        ServerError(
            .certificateUnusable,
            "The \(what) file \(path) is damaged, or of a kind that is not supported. Copy it anew from where it was issued.",
            cause: error)
    }
}
