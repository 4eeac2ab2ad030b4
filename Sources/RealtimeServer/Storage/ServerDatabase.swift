import Foundation
import GRDB
import RealtimeProtocol

/// What outlives a restart, in one SQLite file. Another process may write to it while the server runs.
public final class ServerDatabase: Sendable {
    private let queue: DatabaseQueue
    /// The file, for messages; `nil` for one in memory.
    public let path: String?

    /// A database in memory, gone with this object.
    ///
    /// - Throws: ``ServerError`` when SQLite fails.
    public convenience init() throws { try self.init(path: nil) }

    /// Opens or makes the database in `folder`, which is made if it isn't there.
    ///
    /// - Throws: ``ServerError`` that names the file and what mends it.
    public convenience init(folder: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw ServerError(
                .databaseFailed,
                "The folder \(folder) for the server's data cannot be made. Give another with --data-directory.",
                cause: error)
        }
        try self.init(path: folder + "/vivavoce.sqlite")
    }

    private init(path: String?) throws {
        self.path = path
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        do {
            queue = try path.map { try DatabaseQueue(path: $0, configuration: configuration) } ?? DatabaseQueue()
            try Self.migrations.migrate(queue)
            // Names and settings of everybody who uses the server: for its owner alone.
            if let path { try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path) }
        } catch {
            throw ServerError(
                .databaseFailed,
                "The database \(path ?? "in memory") cannot be used: \(error). Move it away, and a new one is made; or give"
                    + " another folder with --data-directory.", cause: error)
        }
    }

    private static let migrations: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("deployments") { database in
            try database.create(table: "deployment") { table in
                table.primaryKey("name", .text)
                // The sku and the properties, as the management API has them.
                table.column("definition", .text).notNull()
                table.column("created_at", .integer).notNull()
                table.column("changed_at", .integer).notNull()
            }
        }
        return migrator
    }()

    /// A number that is another one when another process has written.
    func version() async throws -> Int {
        try await queue.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }

    // MARK: Deployments

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
