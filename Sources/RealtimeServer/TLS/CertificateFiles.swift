import Crypto
import Foundation

/// The certificate's and the key's file as they were at one moment, not yet understood.
struct CertificateFiles: Sendable {
    /// Both paths.
    let settings: TLSSettings
    /// The certificate file's bytes.
    let certificate: [UInt8]
    /// The key file's bytes.
    let key: [UInt8]

    /// Reads both.
    ///
    /// - Throws: ``ServerError`` if one cannot be read.
    init(_ settings: TLSSettings) throws {
        self.settings = settings
        certificate = try Self.read("certificate", settings.certificatePath)
        key = try Self.read("private key", settings.keyPath)
    }

    /// SHA-256 of both: tells whether they have changed, whatever the clock of their file system says.
    var digest: SHA256Digest {
        var hash = SHA256()
        hash.update(data: SHA256.hash(data: certificate).map { $0 })
        hash.update(data: key)
        return hash.finalize()
    }

    private static func read(_ what: String, _ path: String) throws -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw ServerError(
                .certificateUnusable,
                "The \(what) file \(path) cannot be read. Does it exist, and may the server's user read it?",
                cause: error)
        }
    }
}
