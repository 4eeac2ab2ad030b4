import Foundation
import GRDB

extension ServerDatabase {
    /// The keys that were made.
    func keys() throws -> [KeyRing.StoredKey] {
        try queue.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM api_key ORDER BY slot").compactMap { row in
                guard let slot = KeyRing.Slot(rawValue: row["slot"]) else { return nil }
                return KeyRing.StoredKey(
                    slot: slot, ending: row["ending"], createdAt: row["created_at"],
                    digest: Array(row["digest"] as Data))
            }
        }
    }

    /// Keeps a key, in the place of the one before it.
    func put(_ key: KeyRing.StoredKey) async throws {
        try await queue.write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO api_key (slot, digest, ending, created_at) VALUES (?, ?, ?, ?)",
                arguments: [key.slot.rawValue, Data(key.digest), key.ending, key.createdAt])
        }
    }

    /// Forgets a key. Returns whether it was there.
    func deleteKey(_ slot: KeyRing.Slot) async throws -> Bool {
        try await queue.write { database in
            try database.execute(sql: "DELETE FROM api_key WHERE slot = ?", arguments: [slot.rawValue])
            return database.changesCount > 0
        }
    }
}
