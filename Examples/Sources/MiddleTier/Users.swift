import Foundation
import Synchronization

/// Who may talk, and who is signed in. A real service asks its own user database here.
final class Users: Sendable {
    struct Failure: Error, CustomStringConvertible { let description: String }

    private let passwords: [String: String]
    private let tickets = Mutex<[String: String]>([:])

    /// - Parameter list: `name:password`, separated by commas.
    init(_ list: String) throws {
        var passwords: [String: String] = [:]
        for entry in list.split(separator: ",") {
            let parts = entry.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { throw Failure(description: "MIDDLE_TIER_USERS is a list of name:password.") }
            passwords[String(parts[0])] = String(parts[1])
        }
        guard !passwords.isEmpty else {
            throw Failure(description: "Nobody may talk. Set MIDDLE_TIER_USERS, for example to ada:secret.")
        }
        self.passwords = passwords
    }

    /// A ticket for the cookie, if the password is right.
    func signIn(_ name: String, _ password: String) -> String? {
        guard let wanted = passwords[name], Self.isSame(wanted, password) else { return nil }
        let ticket = (0..<4).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }.joined()
        tickets.withLock { $0[ticket] = name }
        return ticket
    }

    /// Whose ticket is in a `Cookie` header field.
    func name(cookies: String?) -> String? {
        let pairs = (cookies ?? "").split(separator: ";").map { $0.drop { $0 == " " } }
        guard let ticket = pairs.first(where: { $0.hasPrefix("ticket=") })?.dropFirst("ticket=".count) else {
            return nil
        }
        return tickets.withLock { $0[String(ticket)] }
    }

    /// In constant time, so that a password cannot be found letter by letter.
    private static func isSame(_ a: String, _ b: String) -> Bool {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        var difference = a.count ^ b.count
        for index in b.indices { difference |= Int(b[index] ^ (a.isEmpty ? 0 : a[index % a.count])) }
        return difference == 0
    }
}
