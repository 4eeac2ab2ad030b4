/// Where the certificate comes from that the server shows to its clients.
public enum TLSSettings: Sendable, Hashable {
    /// Two files that somebody else keeps, for example certbot.
    ///
    /// - Parameters:
    ///   - certificate: the path of a PEM file: the server's own certificate first, then those between it and the root.
    ///   - key: the path of a PEM file: the private key of the first certificate, RSA or EC, not encrypted.
    case files(certificate: String, key: String)

    /// A certificate that the server makes for itself, for a network where nobody can get another one. Clients must be told
    /// to trust it, by the file or by its fingerprint.
    ///
    /// - Parameter folder: the path of the folder in which `tls-certificate.pem` and `tls-key.pem` are kept. It is created if
    ///   there is none. The two files are the server's: it replaces them when it must.
    case selfSigned(folder: String)

    /// The path of the certificate's file.
    public var certificatePath: String {
        switch self {
        case .files(let certificate, _): certificate
        case .selfSigned(let folder): folder + "/tls-certificate.pem"
        }
    }

    /// The path of the private key's file.
    public var keyPath: String {
        switch self {
        case .files(_, let key): key
        case .selfSigned(let folder): folder + "/tls-key.pem"
        }
    }
}
