import Foundation
import RealtimeProtocol
import Yams

/// Where a value was written.
enum ConfigurationPlace: Sendable {
    /// The configuration file at this path.
    case file(String)
    /// An environment variable.
    case variable(String)
    /// A file that holds one value.
    case secret(String)
    /// A flag of the command line, `--port`.
    case flag(String)

    /// With the line, where there is one, in the form in which compilers say it.
    func described(_ node: Node) -> String {
        switch self {
        case .file(let path): path + (node.mark.map { ":\($0.line)" } ?? "")
        case .variable(let name), .secret(let name), .flag(let name): name
        }
    }

    /// What relative paths are relative to; `nil` for the current folder.
    var folder: String? {
        guard case .file(let path) = self else { return nil }
        let folder = NSString(string: path).deletingLastPathComponent
        return folder.isEmpty ? nil : folder
    }
}

/// A value of the configuration, with what a message about it needs.
struct ConfigurationValue {
    let name: String
    let node: Node
    let place: ConfigurationPlace
    var isSecret = false

    func string() throws -> String {
        guard let text = node.scalar?.string, !text.isEmpty else { throw wrong("a text") }
        return text
    }

    func strings() throws -> [String] {
        guard let sequence = node.sequence else { throw wrong("a list of texts") }
        return try sequence.map { try with($0).string() }
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

    /// A path: relative to the configuration file's folder, or to the current one; `~` for the user's.
    func path() throws -> String {
        let path = NSString(string: try string()).expandingTildeInPath
        guard !path.hasPrefix("/"), let folder = place.folder else { return path }
        return folder + "/" + path
    }

    /// A mapping as JSON would have it.
    func object() throws -> JSONObject {
        guard let object = try json().object else { throw wrong("keys and values") }
        return object
    }

    /// The value as JSON would have it.
    func json() throws -> JSONValue { try JSONValue(node, of: self) }

    /// The same value's part.
    func with(_ part: Node) -> ConfigurationValue {
        ConfigurationValue(name: name, node: part, place: place, isSecret: isSecret)
    }

    func wrong(_ expected: String) -> ServerError {
        // A key must not get into a log by way of an error message.
        let given = isSecret ? nil : node.scalar.map { ", not `\($0.string)`" }
        return failure("\(name) must be \(expected)\(given ?? "").")
    }

    func failure(_ message: String) -> ServerError {
        ServerError(.invalidConfiguration, "\(place.described(node)): \(message)")
    }
}

extension JSONValue {
    /// What a node of YAML says, by the types that YAML's core schema gives to plain text.
    fileprivate init(_ node: Node, of value: ConfigurationValue) throws {
        switch node {
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, node) in mapping { object[key.scalar?.string ?? ""] = try JSONValue(node, of: value) }
            self = .object(object)
        case .sequence(let sequence): self = .array(try sequence.map { try JSONValue($0, of: value) })
        case .scalar(let scalar) where scalar.style == .singleQuoted || scalar.style == .doubleQuoted:
            self = .string(scalar.string)
        case .scalar(let scalar):
            if let integer = node.int {
                self = .integer(integer)
            } else if let number = node.float {
                self = .number(number)
            } else if let bool = node.bool {
                self = .bool(bool)
            } else {
                self = node.null != nil ? .null : .string(scalar.string)
            }
        case .alias: throw value.wrong("written out, without aliases")
        }
    }
}
