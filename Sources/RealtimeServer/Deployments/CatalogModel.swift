/// A model of the original service: a name and a version that a deployment may bear. What answers is an engine of this
/// server, whatever the name.
public struct CatalogModel: Sendable, Hashable {
    /// How far a model is in its life there.
    public enum Lifecycle: String, Sendable { case preview = "Preview", generallyAvailable = "GenerallyAvailable" }

    /// `gpt-realtime`
    public let name: String
    /// A date: `2025-08-28`
    public let version: String
    /// How far it is in its life.
    public let lifecycle: Lifecycle
    /// Whether this is the version that a deployment gets that names none.
    public let isDefault: Bool
    /// The regions that offer it, as Azure spells them in URLs.
    public let regions: [String]
    /// The kinds of capacity it can be bought with.
    public let skus: [String]

    private init(
        _ name: String, _ version: String, _ lifecycle: Lifecycle = .generallyAvailable, isDefault: Bool = false,
        skus: [String] = ["GlobalStandard"]
    ) {
        self.name = name
        self.version = version
        self.lifecycle = lifecycle
        self.isDefault = isDefault
        regions = ["eastus2", "swedencentral"]
        self.skus = skus
    }

    /// All there are, older versions first.
    public static let all = [
        CatalogModel("gpt-4o-realtime-preview", "2024-10-01", .preview),
        CatalogModel("gpt-4o-realtime-preview", "2024-12-17", .preview, isDefault: true),
        CatalogModel("gpt-4o-realtime-preview", "2025-06-03", .preview),
        CatalogModel("gpt-4o-mini-realtime-preview", "2024-12-17", .preview, isDefault: true),
        CatalogModel("gpt-realtime", "2025-08-28", isDefault: true, skus: ["GlobalStandard", "DataZoneStandard"]),
        CatalogModel("gpt-realtime-mini", "2025-10-06", isDefault: true),
        CatalogModel("gpt-realtime-mini", "2025-12-15"),
    ]

    /// The model with this name and version, or the default version.
    public static func find(_ name: String, _ version: String? = nil) -> CatalogModel? {
        all.first { $0.name == name && (version == nil ? $0.isDefault : $0.version == version) }
    }

    /// All of them, for a message.
    static var list: String { all.map { "\($0.name) \($0.version)" }.joined(separator: ", ") }
}
