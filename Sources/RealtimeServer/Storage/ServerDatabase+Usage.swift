import GRDB

extension ServerDatabase {
    /// What was used from a day on, oldest first.
    ///
    /// - Parameter day: in UTC: `2026-11-23`; empty for all.
    public func usage(since day: String) throws -> [UsageRecord] {
        try queue.read { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM usage WHERE day >= ? ORDER BY day, deployment, key", arguments: [day]
            ).map { row in
                var record = UsageRecord(
                    key: .init(day: row["day"], deployment: row["deployment"], key: row["key"]))
                record.sessions = row["sessions"]
                record.responses = row["responses"]
                record.inputTokens = row["input_tokens"]
                record.outputTokens = row["output_tokens"]
                record.heardSeconds = row["heard_seconds"]
                record.saidSeconds = row["said_seconds"]
                return record
            }
        }
    }

    /// Adds to what was used.
    func add(_ records: [UsageRecord]) async throws {
        try await queue.write { database in
            for record in records {
                try database.execute(
                    sql: """
                        INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (day, deployment, key) DO UPDATE SET
                          sessions = sessions + excluded.sessions, responses = responses + excluded.responses,
                          input_tokens = input_tokens + excluded.input_tokens,
                          output_tokens = output_tokens + excluded.output_tokens,
                          heard_seconds = heard_seconds + excluded.heard_seconds,
                          said_seconds = said_seconds + excluded.said_seconds
                        """,
                    arguments: [
                        record.key.day, record.key.deployment, record.key.key, record.sessions, record.responses,
                        record.inputTokens, record.outputTokens, record.heardSeconds, record.saidSeconds,
                    ])
            }
        }
    }
}
