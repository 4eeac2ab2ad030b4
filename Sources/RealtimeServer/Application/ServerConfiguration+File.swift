import Foundation
import Logging
import Yams

extension ServerConfiguration {
    /// Reads a YAML file (docs/configuration.md). What it does not mention keeps its default; paths in it are relative
    /// to its folder.
    ///
    /// - Parameter file: the file's path.
    /// - Throws: ``ServerError`` with ``ServerError/Code/invalidConfiguration``: the message gives the file, the line
    ///   and what is allowed there.
    public init(file: String) throws {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ServerError(
                .invalidConfiguration,
                "The configuration file \(file) cannot be read. Does it exist, and may you read it?")
        }
        try self.init(yaml: String(decoding: data, as: UTF8.self), file: file)
    }

    /// Reads the text of a YAML file; `file` is for messages and for relative paths.
    init(yaml: String, file: String) throws {
        self.init()
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            throw ServerError(
                .invalidConfiguration, "The configuration file \(file) is not YAML: \(error)", cause: error)
        }
        guard let root, root.scalar?.string.isEmpty != true else { return }  // an empty file
        try ConfigurationSection(root, file: file, keys: ServerConfiguration.keys).apply(to: &self)
    }

    static let keys: [ConfigurationKey<ServerConfiguration>] = [
        .init("host") { $0.host = try $1.string() },
        .init("port") { $0.port = try $1.integer(0...65535) },
        .init("preset") { $0.preset = try $1.choice() },
        .init("tls") { configuration, value in
            try ConfigurationSection(value.node, file: value.file, keys: TLS.keys, name: "tls.")
                .apply(to: &configuration.tls)
        },
        .init("api-keys") { $0.apiKeys = try $1.strings() },
        .init("accept-any-model") { $0.acceptAnyModel = try $1.bool() },
        .init("deployments") { $0.deployments = try $1.deployments() },
        .init("key-limits") { $0.keyLimits = try $1.limitsByName() },
        .init("token-issuers") { $0.tokenIssuers = try $1.tokenIssuers() },
        .init("role-assignments") { $0.roleAssignments = try $1.roleAssignments() },
        .init("end-expired-sessions") { $0.endExpiredSessions = try $1.bool() },
        .init("allowed-origins") { $0.allowedOrigins = try $1.origins() },
        .init("shutdown-seconds") { $0.shutdownSeconds = try $1.integer(0...3600) },
        .init("region") { $0.region = try $1.string().lowercased() },
        .init("data-directory") { $0.dataDirectory = try $1.path() },
        .init("record-directory") { $0.recordDirectory = try $1.path() },
        .init("audio-limit-seconds") { $0.audioLimitSeconds = try $1.integer(1...86_400) },
        .init("session-limit-seconds") { $0.sessionLimitSeconds = try $1.integer(1...86_400) },
        .init("show-heard-words") { $0.showHeardWords = try $1.bool() },
        .init("speculate") { $0.speculate = try $1.bool() },
        .init("suppress-echo") { $0.suppressEcho = try $1.bool() },
        .init("max-sessions") { $0.maxSessions = try $1.integer(1...100_000) },
        .init("longest-wait-ms") { $0.longestWaitMs = try $1.integer(0...60_000) },
        .init("max-connections") { $0.maxConnections = try $1.integer(1...1_000_000) },
        .init("memory-limit-mb") { $0.memoryLimitMB = try $1.integer(0...16_777_216) },
        .init("handshake-seconds") { $0.handshakeSeconds = try $1.integer(1...600) },
        .init("send-queue-ms") { $0.sendQueueMs = try $1.integer(100...600_000) },
        .init("slow-client-seconds") { $0.slowClientSeconds = try $1.integer(1...3600) },
        .init("log-level") { $0.logLevel = try $1.choice() },
        .init("models") { configuration, value in
            try ConfigurationSection(value.node, file: value.file, keys: Models.keys, name: "models.")
                .apply(to: &configuration.models)
        },
        .init("script") { configuration, value in
            try ConfigurationSection(value.node, file: value.file, keys: Script.keys, name: "script.")
                .apply(to: &configuration.script)
        },
    ]
}

extension ServerConfiguration.TLS {
    static let keys: [ConfigurationKey<Self>] = [
        .init("certificate") { $0.certificate = try $1.path() },
        .init("key") { $0.key = try $1.path() },
        .init("self-signed") { $0.selfSigned = try $1.bool() },
    ]
}

extension ServerConfiguration.Script {
    static let keys: [ConfigurationKey<Self>] = [
        .init("understands") { $0.understands = try $1.string() },
        .init("answer") { $0.answer = try $1.string() },
        .init("first-word-ms") { $0.firstWordMs = try $1.integer(0...60_000) },
        .init("words-per-second") { $0.wordsPerSecond = try $1.integer(0...10_000) },
        .init("speaks-in-real-time") { $0.speaksInRealTime = try $1.bool() },
    ]
}

extension ServerConfiguration.Models {
    /// What stands for an engine that follows the script.
    public static let scripted = "scripted"

    static let keys: [ConfigurationKey<Self>] = [
        .init("directory") { $0.directory = try $1.path() },
        .init("language-model") { $0.languageModel = try $1.string() == scripted ? scripted : $1.path() },
        .init("recognizer") { $0.recognizer = try $1.path() },
        .init("voice") { $0.voice = try $1.path() },
        .init("voice-activity-detector") { $0.voiceActivityDetector = try $1.path() },
    ]
}
