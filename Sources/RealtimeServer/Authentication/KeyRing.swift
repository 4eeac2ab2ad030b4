import Foundation
import Synchronization

/// The API keys of a server: those of the configuration, and two that can be made anew one after the other while clients use
/// the other one. Of these only a digest is kept; the key itself is shown once.
public final class KeyRing: Sendable {
    /// One of the two.
    public enum Slot: String, Sendable, CaseIterable { case key1, key2 }

    /// What is known of a key.
    public struct StoredKey: Sendable, Hashable {
        /// Which of the two.
        public var slot: Slot
        /// Its last four characters.
        public var ending: String
        /// Unix seconds.
        public var createdAt: Int
        var digest: [UInt8]
    }

    private struct State {
        var configured: [String]
        /// Whether no key means nobody, and not everybody on this machine.
        var isClosed: Bool
        var stored: [StoredKey]

        var keys: APIKeys {
            APIKeys(
                configured: configured, stored: stored.map { .init(name: $0.slot.rawValue, digest: $0.digest) },
                isReachable: isClosed)
        }
    }

    private let database: ServerDatabase
    private let state: Mutex<(written: State, keys: APIKeys)>

    /// The keys of `configuration` and of `database`.
    ///
    /// - Throws: ``ServerError``, with ``ServerError/Code/keyRequired`` when there is none and other machines could reach the
    ///   server.
    public init(_ configuration: ServerConfiguration, _ database: ServerDatabase) throws {
        self.database = database
        let written = try Self.read(configuration, stored: try database.keys())
        state = Mutex((written, written.keys))
    }

    /// Reads the keys of a configuration that has changed.
    ///
    /// - Returns: takes them.
    /// - Throws: as ``init(_:_:)``.
    func reading(_ configuration: ServerConfiguration) throws -> () -> Void {
        let new = try Self.read(configuration, stored: stored)
        return {
            self.state.withLock { state in
                // The database may have changed meanwhile.
                let stored = state.written.stored
                state.written = new
                state.written.stored = stored
                state.keys = state.written.keys
            }
        }
    }

    private static func read(_ configuration: ServerConfiguration, stored: [StoredKey]) throws -> State {
        let isReachable = !Loopback.isLocal(address: configuration.host)
        let hasIssuers = !configuration.tokenIssuers.isEmpty
        let written = State(
            configured: configuration.apiKeys, isClosed: isReachable || hasIssuers, stored: stored)
        guard !isReachable || hasIssuers || !written.keys.isEmpty else {
            throw ServerError(
                .keyRequired,
                "The server would listen on \(configuration.host), where other machines can reach it, and anybody could use it:"
                    + " it has no API key. Make one with `vivavoce keys regenerate key1`, give one with --api-key or api-keys"
                    + " in the configuration, or listen on 127.0.0.1.")
        }
        return written
    }

    /// The keys there are now.
    public var current: APIKeys { state.withLock { $0.keys } }

    /// The two keys, as far as they were made.
    public var stored: [StoredKey] { state.withLock { $0.written.stored } }

    /// Makes one of the two keys anew; the one before it is good no more.
    ///
    /// - Returns: the key: letters and digits, of 256 bits. Nobody can ask for it again.
    public func regenerate(_ slot: Slot) async throws -> String {
        let key = Identifier.body(43)
        try await database.put(
            StoredKey(
                slot: slot, ending: String(key.suffix(4)), createdAt: Int(Date().timeIntervalSince1970),
                digest: APIKeys.digest(of: key)))
        try refresh()
        return key
    }

    /// Takes one of the two away. Returns whether it was there.
    public func revoke(_ slot: Slot) async throws -> Bool {
        defer { try? refresh() }
        return try await database.deleteKey(slot)
    }

    /// Reads the keys again, which another process may have changed.
    public func refresh() throws {
        let stored = try database.keys()
        state.withLock { state in
            state.written.stored = stored
            state.keys = state.written.keys
        }
    }
}
