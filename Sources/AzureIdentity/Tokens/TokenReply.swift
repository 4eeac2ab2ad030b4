import Foundation

/// What a token endpoint answers: a token, or an error. Every field may be missing or of another type.
struct TokenReply: Decodable, Sendable {
    var token: String?
    /// Seconds from now.
    var expiresIn: Double?
    /// Seconds since 1970.
    var expiresOn: Double?
    /// Seconds from now.
    var refreshIn: Double?
    var error: String?
    var errorDescription: String?

    private enum Key: String, CodingKey {
        case token = "access_token"
        case expiresIn = "expires_in"
        case expiresOn = "expires_on"
        case refreshIn = "refresh_in"
        case error
        case errorDescription = "error_description"
        case message
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        func text(_ key: Key) -> String? { try? fields.decode(String.self, forKey: key) }
        // Entra ID sends numbers, IMDS and App Service send strings of digits.
        func number(_ key: Key) -> Double? {
            let number = (try? fields.decode(Double.self, forKey: key)) ?? text(key).flatMap { Double($0) }
            return number.flatMap { (0...Self.latest).contains($0) ? $0 : nil }
        }
        token = text(.token)
        expiresIn = number(.expiresIn)
        expiresOn = number(.expiresOn)
        refreshIn = number(.refreshIn)
        error = text(.error)
        // App Service's errors have a `message` alone.
        errorDescription = text(.errorDescription) ?? text(.message)
    }

    /// The end of the year 9999: more seconds than this are no time.
    static let latest: Double = 253_402_300_799

    /// The token with its times; nil if the reply has none that can be used.
    ///
    /// `expires_in` is preferred: it does not depend on this machine's clock being right.
    func accessToken(now: Date) -> AccessToken? {
        guard let token, token.isVisibleASCII else { return nil }
        let expiry = expiresIn.map { now + $0 } ?? expiresOn.map { Date(timeIntervalSince1970: $0) }
        guard let expiry else { return nil }
        return AccessToken(value: token, expiresOn: expiry, refreshOn: refreshIn.map { now + $0 })
    }
}
