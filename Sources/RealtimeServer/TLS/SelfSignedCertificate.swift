import Crypto
import Foundation
import Logging
import SwiftASN1
import X509

/// The certificate a server makes for itself.
enum SelfSignedCertificate {
    /// As long as Apple's systems accept one that was installed by hand: 825 days, of which the last second counts.
    static let lifetime: TimeInterval = 825 * 86_400 - 1
    /// Thirty days before its end it is replaced.
    static let renewal: TimeInterval = 30 * 86_400

    /// Sees to it that the files of `settings` hold a certificate for `names` that is good for thirty days more, and makes it
    /// anew if not.
    ///
    /// - Parameter logger: is told when it was made, and why.
    /// - Throws: ``ServerError`` if the files cannot be written.
    static func prepare(_ settings: TLSSettings, for names: MachineNames, now: Date, logger: Logger) throws {
        guard let reason = reasonToMake(settings, names, now) else { return }
        let (certificate, key) = try make(for: names, now: now)
        let folder = URL(filePath: settings.certificatePath).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            // Were it interrupted in between, the two would not fit and be made anew next time.
            try writePrivately(key, to: URL(filePath: settings.keyPath))
            try writePrivately(certificate, to: URL(filePath: settings.certificatePath))
        } catch {
            throw ServerError(
                .certificateUnusable,
                "The self-signed certificate cannot be written to \(folder.path). May the server's user write there?",
                cause: error)
        }
        logger.notice("made a self-signed certificate", metadata: ["reason": "\(reason)", "folder": "\(folder.path)"])
    }

    /// Makes one.
    ///
    /// - Returns: the certificate and its P-256 key as PEM.
    static func make(for names: MachineNames, now: Date) throws -> (certificate: String, key: String) {
        let key = P256.Signing.PrivateKey()
        // A client's clock may be a little behind.
        let start = now - 3600
        let subject = try DistinguishedName {
            CommonName(names.hosts.sorted().first { $0 != "localhost" && $0.utf8.count <= 64 } ?? "localhost")
        }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: start, notValidAfter: start + lifetime, issuer: subject, subject: subject,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                try ExtendedKeyUsage([.serverAuth])
                names.alternativeNames
            }, issuerPrivateKey: Certificate.PrivateKey(key))
        return (try certificate.serializeAsPEM().pemString + "\n", key.pemRepresentation + "\n")
    }

    /// Why the one there is cannot be used further; none if it can.
    private static func reasonToMake(_ settings: TLSSettings, _ names: MachineNames, _ now: Date) -> String? {
        guard FileManager.default.fileExists(atPath: settings.certificatePath) else { return "there was none" }
        do {
            let files = try CertificateFiles(settings)
            let pair = try CertificatePair(files, now: now)
            if pair.expiresAt < now + renewal { return "the one before ends on \(pair.expiresAt.formatted(.iso8601))" }
            let certificate = try Certificate(pemEncoded: String(decoding: files.certificate, as: UTF8.self))
            return try MachineNames(certificate) == names ? nil : "the names or addresses of this machine have changed"
        } catch {
            return "the one before cannot be used: \(error)"
        }
    }

    /// Replaces the file at `url` in one step with one that only the server's user may read.
    private static func writePrivately(_ text: String, to url: URL) throws {
        let draft = url.appendingPathExtension(UUID().uuidString)
        // FileManager would set the mode only after others could have opened the file.
        let descriptor = open(draft.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        do {
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            try file.write(contentsOf: Data(text.utf8))
            try file.synchronize()
            try file.close()
            guard rename(draft.path, url.path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        } catch {
            unlink(draft.path)
            throw error
        }
    }
}
