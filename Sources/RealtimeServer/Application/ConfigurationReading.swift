import Foundation
import Yams

/// A key that may stand in a section of the configuration, and what it sets.
struct ConfigurationKey<Target>: Sendable {
    let name: String
    let set: @Sendable (inout Target, ConfigurationValue) throws -> Void

    init(_ name: String, set: @escaping @Sendable (inout Target, ConfigurationValue) throws -> Void) {
        self.name = name
        self.set = set
    }
}

/// A mapping of the configuration file, read key by key so that every message can give the line.
struct ConfigurationSection<Target> {
    private let node: Node
    private let file: String
    private let keys: [ConfigurationKey<Target>]
    private let name: String

    init(_ node: Node, file: String, keys: [ConfigurationKey<Target>], name: String = "") {
        self.node = node
        self.file = file
        self.keys = keys
        self.name = name
    }

    func apply(to target: inout Target) throws {
        let section = ConfigurationValue(
            name: name.isEmpty ? "the file" : String(name.dropLast()), node: node, file: file)
        guard let mapping = node.mapping else { throw section.wrong("keys and values") }
        for (keyNode, valueNode) in mapping {
            let given = keyNode.scalar?.string ?? ""
            guard let key = keys.first(where: { $0.name == given }) else {
                throw ConfigurationValue(name: name + given, node: keyNode, file: file).failure(
                    "\(name)\(given) is no key of the configuration. The keys\(name.isEmpty ? "" : " here") are: "
                        + keys.map(\.name).joined(separator: ", ") + ".")
            }
            try key.set(&target, ConfigurationValue(name: name + given, node: valueNode, file: file))
        }
    }
}

/// A value of the configuration file, with what a message about it needs.
struct ConfigurationValue {
    let name: String
    let node: Node
    let file: String

    func string() throws -> String {
        guard let text = node.scalar?.string, !text.isEmpty else { throw wrong("a text") }
        return text
    }

    func strings() throws -> [String] {
        guard let sequence = node.sequence else { throw wrong("a list of texts") }
        return try sequence.map { try ConfigurationValue(name: name, node: $0, file: file).string() }
    }

    func integer(_ range: ClosedRange<Int>) throws -> Int {
        guard let value = node.int, range.contains(value) else {
            throw wrong("a whole number between \(range.lowerBound) and \(range.upperBound)")
        }
        return value
    }

    func bool() throws -> Bool {
        guard let value = node.bool else { throw wrong("true or false") }
        return value
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>() throws -> Choice {
        guard let choice = node.scalar.flatMap({ Choice(rawValue: $0.string) }) else {
            throw wrong("one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return choice
    }

    /// A list of origins: a scheme and a host, perhaps a port, and nothing else.
    func origins() throws -> [String] {
        try strings().map { text in
            guard let url = URLComponents(string: text), ["http", "https"].contains(url.scheme), url.host != nil,
                url.path.isEmpty, url.query == nil, url.fragment == nil, url.user == nil
            else {
                throw wrong(
                    "origins as a browser writes them, like https://app.example.com: scheme, host and, if it is not the"
                        + " usual one, port; \(text) is none")
            }
            return text
        }
    }

    /// A path: relative to the configuration file's folder, `~` for the user's.
    func path() throws -> String {
        let path = NSString(string: try string()).expandingTildeInPath
        guard !path.hasPrefix("/") else { return path }
        let folder = NSString(string: file).deletingLastPathComponent
        return folder.isEmpty ? path : folder + "/" + path
    }

    func wrong(_ expected: String) -> ServerError {
        // A key must not get into a log by way of an error message.
        let given = name == "api-keys" ? nil : node.scalar.map { ", not `\($0.string)`" }
        return failure("\(name) must be \(expected)\(given ?? "").")
    }

    func failure(_ message: String) -> ServerError {
        let line = node.mark.map { ":\($0.line)" } ?? ""
        return ServerError(.invalidConfiguration, "\(file)\(line): \(message)")
    }
}
