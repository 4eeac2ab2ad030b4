import Foundation
public import RealtimeProtocol
import Synchronization

/// A short-lived key for one client, who need not know the server's own, with the settings of the session that it opens
/// (protocol.md A.6).
public struct ClientSecret: Sendable, Hashable {
    /// `ek_` and 32 letters and digits. Never to be logged.
    public var value: String
    /// Unix seconds.
    public var expiresAt: Int
    /// What the session is for.
    public var kind: SessionConfiguration.Kind
    /// The model that the session asks for.
    public var model: String
    /// What is set when the session opens, in the shape of GA.
    public var settings: JSONValue
    /// Whoever asked for it: its sessions count as theirs.
    public var issuer: Identity
}

extension ClientSecret: CustomStringConvertible {
    /// When it expires, without its value: descriptions end up in logs.
    public var description: String { "a client secret that expires at \(expiresAt)" }
}

/// The client secrets that have been given out and have not expired. They are kept in memory: a restart ends them all.
public final class ClientSecrets: Sendable {
    static let prefix = "ek_"
    /// So many may be out at once; beyond, the one that expires first is forgotten.
    static let most = 10_000

    private let secrets = Mutex<[String: ClientSecret]>([:])
    private let now: @Sendable () -> Int

    /// No secrets yet.
    public convenience init() { self.init { Int(Date().timeIntervalSince1970) } }

    /// No secrets yet.
    ///
    /// - Parameter now: the time in Unix seconds.
    init(now: @escaping @Sendable () -> Int) { self.now = now }

    /// Gives out a secret.
    ///
    /// - Parameter seconds: how long a session can be opened with it; one that is open outlives it.
    public func issue(
        _ kind: SessionConfiguration.Kind, model: String, settings: JSONValue, issuer: Identity = .anybody,
        for seconds: Int
    ) -> ClientSecret {
        let secret = ClientSecret(
            value: Self.prefix + Identifier.body(32), expiresAt: now() + seconds, kind: kind, model: model,
            settings: settings, issuer: issuer)
        secrets.withLock { secrets in
            let now = now()
            secrets = secrets.filter { $0.value.expiresAt > now }
            if secrets.count >= Self.most, let next = secrets.values.min(by: { $0.expiresAt < $1.expiresAt }) {
                secrets[next.value] = nil
            }
            secrets[secret.value] = secret
        }
        return secret
    }

    /// The secret with this value, if it was given out and has not expired.
    public func find(_ value: String) -> ClientSecret? {
        let now = now()
        return secrets.withLock { $0[value] }.flatMap { $0.expiresAt > now ? $0 : nil }
    }
}
