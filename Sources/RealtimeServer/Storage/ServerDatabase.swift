import Foundation
import GRDB
import RealtimeProtocol

/// What outlives a restart, in one SQLite file. Another process may write to it while the server runs.
public final class ServerDatabase: Sendable {
    let queue: DatabaseQueue
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
            let remedy =
                path.map(Self.isOthers) ?? false
                ? "It belongs to another user. Give it and its folder to the one the server runs as (chown)"
                : "Move it away, and a new one is made"
            throw ServerError(
                .databaseFailed,
                "The database \(path ?? "in memory") cannot be used: \(error). \(remedy); or give another folder with"
                    + " --data-directory.", cause: error)
        }
    }

    /// Whether somebody else's rights are what keeps it from being used.
    private static func isOthers(_ path: String) -> Bool {
        let files = FileManager.default
        let folder = (path as NSString).deletingLastPathComponent
        return !files.isWritableFile(atPath: folder)
            || files.fileExists(atPath: path)
                && (!files.isWritableFile(atPath: path) || !files.isReadableFile(atPath: path))
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
        migrator.registerMigration("keys") { database in
            try database.create(table: "api_key") { table in
                table.primaryKey("slot", .text)
                table.column("digest", .blob).notNull()
                table.column("ending", .text).notNull()
                table.column("created_at", .integer).notNull()
            }
        }
        migrator.registerMigration("usage") { database in
            try database.create(table: "usage") { table in
                for text in ["day", "deployment", "key"] { table.column(text, .text).notNull() }
                for count in ["sessions", "responses", "input_tokens", "output_tokens"] {
                    table.column(count, .integer).notNull()
                }
                for seconds in ["heard_seconds", "said_seconds"] { table.column(seconds, .double).notNull() }
                table.primaryKey(["day", "deployment", "key"])
            }
        }
        return migrator
    }()

    /// A number that is another one when another process has written.
    func version() async throws -> Int {
        try await queue.read { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
    }
}
