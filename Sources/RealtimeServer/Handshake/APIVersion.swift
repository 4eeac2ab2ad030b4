import RealtimeProtocol

/// The versions of Azure's preview API that are answered, and by which rules. GA has none.
enum APIVersion {
    /// Those between the three that changed anything in the Realtime API follow the one before them.
    private static let rules: [(version: String, dialect: Dialect.PreviewVersion)] = [
        ("2024-10-01-preview", .october2024),
        ("2024-12-01-preview", .december2024),
        ("2024-12-17", .december2024),
        ("2025-01-01-preview", .december2024),
        ("2025-02-01-preview", .december2024),
        ("2025-03-01-preview", .december2024),
        ("2025-04-01-preview", .april2025),
    ]

    /// The rules of a version; `nil` for one that is not known.
    static func dialect(of version: String) -> Dialect.PreviewVersion? {
        rules.first { $0.version == version.lowercased() }?.dialect
    }

    /// The versions, for a message.
    static var list: String { rules.map(\.version).joined(separator: ", ") }
}
