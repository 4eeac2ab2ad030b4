import Configuration
import Foundation
import RealtimeProtocol
import SystemPackage
import Yams

/// All that a configuration is made from. The later counts over the earlier: the defaults, the file, files that hold one
/// secret each, environment variables, flags.
public struct ConfigurationSources: Sendable {
    /// A flag of the command line that stands for a key.
    public struct Flag: Sendable, Hashable {
        /// `api-keys`
        public var key: String
        /// `--api-key`
        public var name: String
        /// What was given; of a key that is no list the one.
        public var values: [String]

        /// A flag.
        public init(_ name: String, for key: String, _ values: [String]) {
            self.key = key
            self.name = name
            self.values = values
        }
    }

    /// The path of the YAML file; `nil` for none.
    public var file: String?
    /// The environment: `VIVAVOCE_MAX_SESSIONS` stands for `max-sessions`, `VIVAVOCE_MODELS_VOICE` for `models.voice`.
    public var environment: [String: String]
    /// The flags that were given.
    public var flags: [Flag]

    /// Sources.
    public init(file: String? = nil, environment: [String: String] = [:], flags: [Flag] = []) {
        self.file = file
        self.environment = environment
        self.flags = flags
    }

    /// Reads all of them.
    ///
    /// - Throws: ``ServerError`` with ``ServerError/Code/invalidConfiguration``: the message gives the place and what is
    ///   allowed there.
    public func load() async throws -> LoadedConfiguration {
        var loaded = LoadedConfiguration()
        if let file { try loaded.apply(file: file) }
        try await applySecrets(to: &loaded)
        try applyEnvironment(to: &loaded)
        for flag in flags {
            let nodes = flag.values.map { Node($0) }
            guard let key = ServerConfiguration.keys.first(where: { $0.name == flag.key }), let first = nodes.first
            else { continue }
            try loaded.set(key, key.form == .list ? .sequence(.init(nodes)) : first, at: .flag(flag.name))
        }
        return loaded
    }

    /// Where systemd puts the secrets of a service (`LoadCredential=`): a file `api-keys` holds what the key of this name is.
    private func applySecrets(to loaded: inout LoadedConfiguration) async throws {
        guard let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty else { return }
        let provider: DirectoryFilesProvider
        do {
            provider = try await DirectoryFilesProvider(directoryPath: FilePath(folder))
        } catch {
            throw ServerError(
                .invalidConfiguration, "The folder of secrets $CREDENTIALS_DIRECTORY, \(folder), cannot be read.",
                cause: error)
        }
        let reader = ConfigReader(provider: provider)
        for key in ServerConfiguration.keys {
            let name = key.name.replacing(".", with: "-")
            guard let text = reader.string(forKey: ConfigKey([name]), isSecret: true) else { continue }
            let line = text.hasSuffix("\n") ? String(text.dropLast()) : text
            try loaded.set(key, text: line, at: .secret("\(folder)/\(name)"))
        }
    }

    private func applyEnvironment(to loaded: inout LoadedConfiguration) throws {
        let provider = EnvironmentVariablesProvider(environmentVariables: environment)
        let reader = ConfigReader(provider: provider.prefixKeys(with: "vivavoce"))
        for key in ServerConfiguration.keys {
            let name = ConfigKey(key.name.split(separator: ".").map(String.init))
            guard let text = reader.string(forKey: name, isSecret: key.isSecret), !text.isEmpty else { continue }
            try loaded.set(key, text: text, at: .variable(Self.variable(key.name)))
        }
        try refuseMistyped()
    }

    /// A variable that nearly is one of ours. Others with the prefix may be somebody else's, like the build's.
    private func refuseMistyped() throws {
        let known = ServerConfiguration.keys.map { Self.variable($0.name) }
        for name in environment.keys.sorted() where name.hasPrefix("VIVAVOCE_") && !known.contains(name) {
            guard let meant = known.first(where: { NearestName.distance(name, $0) <= 2 }) else { continue }
            throw ServerError(
                .invalidConfiguration,
                "The environment variable \(name) is none of the server's. Did you mean \(meant)?")
        }
    }

    static func variable(_ key: String) -> String {
        "VIVAVOCE_" + key.uppercased().replacing(".", with: "_").replacing("-", with: "_")
    }
}

/// A configuration, and where each of its values comes from.
public struct LoadedConfiguration: Sendable {
    /// The settings.
    public private(set) var configuration = ServerConfiguration()
    /// Where each key was set, `vivavoce.yaml:3` or `VIVAVOCE_PORT`; what is not here has its default.
    public private(set) var places: [String: String] = [:]
    /// What was written for keys that can be shown in no other way.
    private var written: [String: JSONValue] = [:]

    init() {}

    mutating func apply(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ServerError(
                .invalidConfiguration,
                "The configuration file \(file) cannot be read. Does it exist, and may you read it?")
        }
        try apply(yaml: String(decoding: data, as: UTF8.self), file: file)
    }

    mutating func apply(yaml: String, file: String) throws {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw ServerError(
                .invalidConfiguration, "The configuration file \(file) is not YAML: \(Self.fault(error)).")
        }
        guard let root, root.scalar?.string.isEmpty != true else { return }  // an empty file
        let section = ConfigurationValue(name: "the file", node: root, place: .file(file))
        var notes: [(ConfigurationKey<ServerConfiguration>, ConfigurationValue)] = []
        try ConfigurationSection(section, keys: ServerConfiguration.keys)
            .apply(to: &configuration) { notes.append(($0, $1)) }
        for (key, value) in notes { try note(key, value) }
    }

    /// What is wrong and where, without a word of what is written there: that may be a key.
    private static func fault(_ error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem), in line \(mark.line), column \(mark.column)"
        case .duplicatedKeysInMapping(let names, let context):
            "\(names.joined(separator: ", ")) stands there more than once, near line \(context.mark.line)"
        case .reader(let problem, _, _, _): problem
        default: "it cannot be read"
        }
    }

    /// Sets a key from a text that stands alone.
    mutating func set(
        _ key: ConfigurationKey<ServerConfiguration>, text: String, at place: ConfigurationPlace
    ) throws {
        let isList = key.form == .list && !text.hasPrefix("[")
        guard !isList else {
            let parts = text.split(separator: ",").map { Node(String($0).trimmingCharacters(in: .whitespaces)) }
            return try set(key, .sequence(.init(parts)), at: place)
        }
        guard key.form != .text else { return try set(key, Node(text), at: place) }
        let node: Node?
        do {
            node = try Yams.compose(yaml: text)
        } catch {
            throw ServerError(
                .invalidConfiguration,
                "\(place.described("")): \(key.name) is not YAML: \(Self.fault(error)).")
        }
        try set(key, node ?? "", at: place)
    }

    mutating func set(
        _ key: ConfigurationKey<ServerConfiguration>, _ node: Node, at place: ConfigurationPlace
    ) throws {
        let value = ConfigurationValue(name: key.name, node: node, place: place, isSecret: key.isSecret)
        try key.set(&configuration, value)
        try note(key, value)
    }

    private mutating func note(_ key: ConfigurationKey<ServerConfiguration>, _ value: ConfigurationValue) throws {
        places[key.name] = value.place.described(value.node)
        if key.show == nil { written[key.name] = try value.json() }
    }

    /// The whole configuration as a YAML file, each value with where it comes from, secrets masked.
    public var yaml: String {
        var lines: [String] = []
        var section = ""
        for key in ServerConfiguration.keys {
            let parts = key.name.split(separator: ".").map(String.init)
            if parts.count > 1, parts[0] != section { lines.append("\(parts[0]):") }
            section = parts.count > 1 ? parts[0] : ""
            let value = key.show?(configuration) ?? written[key.name] ?? .null
            let name = (parts.count > 1 ? "  " : "") + (parts.last ?? "")
            let place = places[key.name] ?? "default"
            lines.append(value == .null ? "# \(name): not set" : "\(name): \(value.text)  # \(place)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension ServerConfiguration {
    /// Reads a YAML file (docs/configuration.md). What it does not mention keeps its default; paths in it are relative
    /// to its folder.
    ///
    /// - Parameter file: the file's path.
    /// - Throws: ``ServerError`` with ``ServerError/Code/invalidConfiguration``: the message gives the file, the line
    ///   and what is allowed there.
    public init(file: String) throws {
        var loaded = LoadedConfiguration()
        try loaded.apply(file: file)
        self = loaded.configuration
    }

    /// Reads the text of a YAML file; `file` is for messages and for relative paths.
    init(yaml: String, file: String) throws {
        var loaded = LoadedConfiguration()
        try loaded.apply(yaml: yaml, file: file)
        self = loaded.configuration
    }
}
