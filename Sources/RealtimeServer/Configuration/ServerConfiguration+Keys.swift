import Logging
import RealtimeProtocol

extension ServerConfiguration {
    /// All keys, in the order in which they are shown (docs/configuration.md).
    static let keys: [ConfigurationKey<ServerConfiguration>] = [
        .text("host", \.host),
        .integer("port", \.port, 0...65535),
        .bool("playground", \.playground),
        .path("tls.certificate", \.tls.certificate),
        .path("tls.key", \.tls.key),
        .bool("tls.self-signed", \.tls.selfSigned),
        .choice("preset", \.preset),
        .path("models.directory", \.models.directory),
        .init("models.language-model", form: .text, show: { $0.models.languageModel.map { .string($0) } ?? .null }) {
            $0.models.languageModel = try $1.string() == Models.scripted ? Models.scripted : $1.path()
        },
        .path("models.recognizer", \.models.recognizer),
        .path("models.voice", \.models.voice),
        .path("models.voice-activity-detector", \.models.voiceActivityDetector),
        .texts("api-keys", \.apiKeys, isSecret: true),
        .init("token-issuers") { $0.tokenIssuers = try $1.tokenIssuers() },
        .init("role-assignments") { $0.roleAssignments = try $1.roleAssignments() },
        .bool("end-expired-sessions", \.endExpiredSessions),
        .init("allowed-origins", form: .list, show: { .array($0.allowedOrigins.map { .string($0) }) }) {
            $0.allowedOrigins = try $1.origins()
        },
        .bool("accept-any-model", \.acceptAnyModel),
        .init("deployments") { $0.deployments = try $1.deployments() },
        .init("region", form: .text, show: { $0.region.map { .string($0) } ?? .null }) {
            $0.region = try $1.string().lowercased()
        },
        .init("key-limits") { $0.keyLimits = try $1.limitsByName() },
        .path("data-directory", \.dataDirectory),
        .path("record-directory", \.recordDirectory),
        .integer("audio-limit-seconds", \.audioLimitSeconds, 1...86_400),
        .integer("session-limit-seconds", \.sessionLimitSeconds, 1...86_400),
        .bool("show-heard-words", \.showHeardWords),
        .bool("speculate", \.speculate),
        .bool("suppress-echo", \.suppressEcho),
        .integer("max-sessions", \.maxSessions, 1...100_000),
        .integer("longest-wait-ms", \.longestWaitMs, 0...60_000),
        .integer("max-connections", \.maxConnections, 1...1_000_000),
        .integer("memory-limit-mb", \.memoryLimitMB, 0...16_777_216),
        .integer("handshake-seconds", \.handshakeSeconds, 1...600),
        .integer("send-queue-ms", \.sendQueueMs, 100...600_000),
        .integer("slow-client-seconds", \.slowClientSeconds, 1...3600),
        .integer("shutdown-seconds", \.shutdownSeconds, 0...3600),
        .choice("log-level", \.logLevel),
        .choice("log-format", \.logFormat),
        .text("tracing.endpoint", \.tracing.endpoint),
        .texts("tracing.headers", \.tracing.headers, isSecret: true),
        .integer("tracing.percent", \.tracing.percent, 0...100),
        .text("script.understands", \.script.understands),
        .text("script.answer", \.script.answer),
        .integer("script.first-word-ms", \.script.firstWordMs, 0...60_000),
        .integer("script.words-per-second", \.script.wordsPerSecond, 0...10_000),
        .bool("script.speaks-in-real-time", \.script.speaksInRealTime),
    ]

    /// The keys that a reload takes; the others belong to the start.
    private static let reloaded: Set<String> = [
        "api-keys", "token-issuers", "role-assignments", "allowed-origins", "accept-any-model", "deployments", "region",
        "key-limits", "longest-wait-ms",
    ]

    /// The keys that a reload leaves as they are, though `new` has them otherwise.
    func keysTakenAtStart(thatDifferFrom new: ServerConfiguration) -> [String] {
        Self.keys.filter { key in
            guard !Self.reloaded.contains(key.name), let show = key.show else { return false }
            return show(self) != show(new)
        }.map(\.name)
    }
}

extension ServerConfiguration.Models {
    /// What stands for an engine that follows the script.
    public static let scripted = "scripted"
}
