import Yams

/// A mapping of the configuration, read key by key so that every message can give the line.
struct ConfigurationSection<Target> {
    private let section: ConfigurationValue
    private let keys: [ConfigurationKey<Target>]
    /// What the names of its keys begin with in messages.
    private let prefix: String

    /// - Parameters:
    ///   - section: the mapping.
    ///   - keys: those that may stand in it.
    ///   - name: what it is called; its keys are named after it.
    init(_ section: ConfigurationValue, keys: [ConfigurationKey<Target>], name: String = "") {
        self.section = section
        self.keys = keys
        prefix = name.isEmpty ? "" : name + "."
    }

    /// Sets what is written.
    ///
    /// - Parameter note: is told each key that was set, and from what.
    func apply(
        to target: inout Target,
        noting note: (ConfigurationKey<Target>, ConfigurationValue) throws -> Void = { _, _ in }
    ) throws {
        try apply(section, within: "", to: &target, note)
    }

    private func apply(
        _ section: ConfigurationValue, within path: String, to target: inout Target,
        _ note: (ConfigurationKey<Target>, ConfigurationValue) throws -> Void
    ) throws {
        guard let mapping = section.node.mapping else { throw section.wrong("keys and values") }
        for (keyNode, valueNode) in mapping {
            let given = keyNode.scalar?.string ?? ""
            let name = path + given
            if let key = keys.first(where: { $0.name == name }) {
                let value = ConfigurationValue(
                    name: prefix + name, node: valueNode, place: section.place, isSecret: key.isSecret)
                try key.set(&target, value)
                try note(key, value)
            } else if keys.contains(where: { $0.name.hasPrefix(name + ".") }) {
                try apply(
                    ConfigurationValue(name: prefix + name, node: valueNode, place: section.place), within: name + ".",
                    to: &target, note)
            } else {
                throw section.with(keyNode).failure(unknown(given, within: path))
            }
        }
    }

    private func unknown(_ given: String, within path: String) -> String {
        var here: [String] = []
        for key in keys where key.name.hasPrefix(path) {
            let name = String(key.name.dropFirst(path.count).prefix { $0 != "." })
            if !here.contains(name) { here.append(name) }
        }
        let isTop = prefix.isEmpty && path.isEmpty
        let nearest = NearestName.of(given, among: here).map { " Did you mean \($0)?" } ?? ""
        return
            "\(prefix)\(path)\(given) is no key of the configuration.\(nearest) The keys\(isTop ? "" : " here") are: "
            + here.joined(separator: ", ") + "."
    }
}
