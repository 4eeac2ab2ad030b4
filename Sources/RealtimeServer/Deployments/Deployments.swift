/// The names by which clients ask for a model, whatever engines answer (protocol.md G rows 38 and 49).
public struct Deployments: Sendable, Hashable {
    /// The names that are there out of the box.
    public static let outOfTheBox = [
        "gpt-4o-realtime-preview", "gpt-4o-mini-realtime-preview", "gpt-realtime", "gpt-realtime-mini",
    ]

    /// The names, in the order of ``outOfTheBox`` and then as configured.
    public let names: [String]
    /// Whether any other name is answered too.
    public let acceptsAnyModel: Bool

    /// The names out of the box and further ones.
    ///
    /// - Parameters:
    ///   - names: names beside those out of the box.
    ///   - acceptsAnyModel: whether any other name stands for ``standard``.
    public init(_ names: [String] = [], acceptsAnyModel: Bool = false) {
        self.names = Deployments.outOfTheBox + names.filter { !Deployments.outOfTheBox.contains($0) }
        self.acceptsAnyModel = acceptsAnyModel
    }

    /// The name to use in examples, and what any name stands for.
    public var standard: String { "gpt-realtime" }

    /// The name that a client's name stands for: itself, or the same without the date or the version at its end
    /// (`gpt-4o-realtime-preview-2024-12-17`, `gpt-realtime-2.1`), or ``standard`` if any is accepted.
    ///
    /// - Returns: `nil` if the name is not known.
    public subscript(name: String) -> String? {
        if names.contains(name) { return name }
        if let base = Deployments.undated(name) ?? Deployments.unversioned(name), names.contains(base) { return base }
        return acceptsAnyModel ? standard : nil
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
