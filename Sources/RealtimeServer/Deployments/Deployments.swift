/// The names by which clients ask for a model, and what stands behind each (protocol.md G rows 38 and 49). A value: a
/// session keeps what it began with.
public struct Deployments: Sendable, Hashable {
    /// All there are, those out of the box first.
    public let all: [Deployment]
    /// Whether any other name is answered too.
    public let acceptsAnyModel: Bool

    /// Those out of the box and further ones. One with the name of one that is out of the box takes its place.
    public init(_ further: [Deployment] = [], acceptsAnyModel: Bool = false) {
        let names = Set(further.map(\.name))
        all = Self.outOfTheBox.filter { !names.contains($0.name) } + further
        self.acceptsAnyModel = acceptsAnyModel
    }

    /// One for each model's name.
    static let outOfTheBox: [Deployment] = CatalogModel.all.filter(\.isDefault).compactMap { model in
        var deployment = try? Deployment(model.name, model: model)
        deployment?.origin = .outOfTheBox
        return deployment
    }

    /// The names.
    public var names: [String] { all.map(\.name) }

    /// The name to use in examples, and what any name stands for.
    public var standard: String { "gpt-realtime" }

    /// The deployment with exactly this name.
    public func named(_ name: String) -> Deployment? { all.first { $0.name == name } }

    /// The deployment that a client's name stands for: the one with this name, or with the name without the date or the
    /// version at its end (`gpt-4o-realtime-preview-2024-12-17`, `gpt-realtime-2.1`), or ``standard`` if any is accepted.
    ///
    /// - Returns: `nil` if the name is not known.
    public subscript(name: String) -> Deployment? {
        named(name) ?? (Self.undated(name) ?? Self.unversioned(name)).flatMap(named)
            ?? (acceptsAnyModel ? named(standard) : nil)
    }

    /// The names, for a message.
    var list: String { names.joined(separator: ", ") }

    /// What stands before `-2` or `-2.1`: frameworks ask for the latest version that they know. A year is no version.
    private static func unversioned(_ name: String) -> String? {
        guard let dash = name.lastIndex(of: "-") else { return nil }
        let parts = name[name.index(after: dash)...].split(separator: ".", omittingEmptySubsequences: false)
        let isVersion =
            parts.count <= 2
            && parts.allSatisfy { (1...2).contains($0.utf8.count) && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
        return isVersion ? String(name[..<dash]) : nil
    }

    private static func undated(_ name: String) -> String? {
        let parts = name.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count > 3,
            zip(parts.suffix(3), [4, 2, 2]).allSatisfy({ part, length in
                part.utf8.count == length && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
            })
        else { return nil }
        return parts.dropLast(3).joined(separator: "-")
    }
}
