import Foundation

/// What `az account get-access-token` prints.
struct CLIReply: Decodable, Sendable {
    var token: String
    /// Seconds since 1970; from version 2.54 on.
    var seconds: Double?
    /// A local time as `2026-05-04 03:02:01.000000`, without its zone: ambiguous for an hour in autumn.
    var localTime: String?

    private enum Key: String, CodingKey {
        case token = "accessToken"
        case seconds = "expires_on"
        case localTime = "expiresOn"
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        token = try fields.decode(String.self, forKey: .token)
        seconds = try? fields.decode(Double.self, forKey: .seconds)
        localTime = try? fields.decode(String.self, forKey: .localTime)
    }

    /// The token; nil if it or its expiry cannot be used.
    func accessToken(timeZone: TimeZone) -> AccessToken? {
        guard token.isVisibleASCII else { return nil }
        let seconds = seconds.flatMap { (0...TokenReply.latest).contains($0) ? $0 : nil }
        let expiry = seconds.map { Date(timeIntervalSince1970: $0) } ?? Self.date(localTime ?? "", timeZone)
        return expiry.map { AccessToken(value: token, expiresOn: $0) }
    }

    private static func date(_ text: String, _ timeZone: TimeZone) -> Date? {
        let parts = text.split { !$0.isASCII || !$0.isNumber }.map { Int($0) }
        guard parts.count >= 6, let year = parts[0], let month = parts[1], let day = parts[2], let hour = parts[3],
            let minute = parts[4], let second = parts[5], (1970...9999).contains(year), (1...12).contains(month),
            (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else {
            return nil
        }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return calendar.date(
            from: DateComponents(year: year, month: month, day: day, hour: hour, minute: minute, second: second))
    }

    /// A message of `az` without anything that looks like a token: long words of the letters of base64.
    static func withoutTokens(_ text: String) -> String {
        let words = text.split(omittingEmptySubsequences: false) { " \t\r\n\"',".contains($0) }
        let tokens = words.filter { $0.hasPrefix("eyJ") && $0.count > 20 }.map(String.init)
        return tokens.reduce(text) {
            $0.split(separator: $1, omittingEmptySubsequences: false).joined(separator: "(hidden)")
        }
    }
}
