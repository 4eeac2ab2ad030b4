import GRDB
import RealtimeProtocol

extension ServerDatabase {
    /// Those written down. What can't be read, because a newer server wrote it, is left out and told.
    func deployments(unreadable: (_ name: String, _ why: String) -> Void = { _, _ in }) throws -> [Deployment] {
        let rows = try queue.read { try Row.fetchAll($0, sql: "SELECT * FROM deployment ORDER BY created_at, name") }
        return rows.compactMap { row in
            let name: String = row["name"]
            do {
                var deployment = try Deployment(name, json: JSONValue(parsing: row["definition"] as String))
                deployment.createdAt = row["created_at"]
                deployment.changedAt = row["changed_at"]
                return deployment
            } catch {
                unreadable(name, "\(error)")
                return nil
            }
        }
    }

    /// Writes one down, over what is there by its name.
    func put(_ deployment: Deployment) async throws {
        let definition = String(decoding: JSONValue.object(deployment.definition).bytes, as: UTF8.self)
        try await queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO deployment (name, definition, created_at, changed_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, changed_at = excluded.changed_at
                    """,
                arguments: [deployment.name, definition, deployment.createdAt, deployment.changedAt])
        }
    }

    /// Deletes one. Returns whether it was there.
    func deleteDeployment(_ name: String) async throws -> Bool {
        try await queue.write { database in
            try database.execute(sql: "DELETE FROM deployment WHERE name = ?", arguments: [name])
            return database.changesCount > 0
        }
    }
}
