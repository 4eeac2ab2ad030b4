public import ArgumentParser
import Foundation
import Logging
public import RealtimeServer
import ServiceLifecycle
import SessionCore
import SpeechEngines
import Synchronization
import Tracing
import UnixSignals

/// `vivavoce serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the Realtime API on this machine.",
        discussion: """
            Without a key the server talks to this machine only. To let others in, give it a key:

              vivavoce keys regenerate key1
              vivavoce serve --host 0.0.0.0 --tls-self-signed

            Flags override the configuration file; docs/configuration.md lists its keys.
            """)

    @Option(help: "The address to listen on (default: 127.0.0.1).") var host: String?
    @Option(help: "The port to listen on; 0 finds a free one (default: 8080).") var port: Int?
    @Option(help: "The models to answer with: small, standard, large or scripted (default: standard).")
    var preset: ServerConfiguration.Preset?
    @Option(help: "A key that clients must show; may be given more than once.") var apiKey: [String] = []
    @Flag(help: "Answer to any model name.") var acceptAnyModel = false
    @Option(help: "Write each session down in this folder, with all that is said.") var record: String?
    @Option(help: "The folder of what outlives a restart (default: vivavoce in the user's data folder).")
    var dataDirectory: String?
    @Option(help: "The certificate to show over TLS: a PEM file, with those between it and the root.")
    var tlsCertificate: String?
    @Option(help: "The certificate's private key: a PEM file.") var tlsKey: String?
    @Flag(help: "Serve TLS with a certificate that the server makes for itself, and keeps in its data folder.")
    var tlsSelfSigned = false
    @Option(help: "A configuration file (YAML).") var config: String?

    func run() async throws {
        let configuration = try await sources.load().configuration
        if configuration.logFormat == .json { LoggingSystem.bootstrap { JSONLogHandler(label: $0) } }
        var logger = Logger(label: "vivavoce")
        logger.logLevel = configuration.logLevel
        let tracer = try configuration.tracing.endpoint.map {
            try OTLPTracer(
                endpoint: $0, headers: configuration.tracing.headers, percent: configuration.tracing.percent,
                logger: logger)
        }
        if let tracer { InstrumentationSystem.bootstrap(tracer) }
        let recordings = try configuration.recordDirectory.map { try RecordingFolder(path: $0) }
        if let folder = configuration.recordDirectory {
            print("Recording: what is said in each session, by both sides, is kept in \(folder).")
        }
        let conversations = Conversations(
            rules: configuration.sessionRules, recordings: recordings, suppressesEcho: configuration.suppressEcho)
        let readiness = Readiness()
        let database = try ServerDatabase(folder: configuration.dataFolder)
        let deployments = try DeploymentRegistry(configuration, database, logger: logger)
        let keys = try KeyRing(configuration, database)
        let ledger = try QuotaLedger(database)
        let certificate = try configuration.tls.settings(folder: configuration.dataFolder + "/tls").map {
            try ServerCertificate(
                $0, handshakeTimeout: .seconds(configuration.handshakeSeconds), logger: logger)
        }
        let application = try RealtimeApplication(
            configuration: configuration, sessions: conversations, readiness: readiness, deployments: deployments,
            keys: keys, ledger: ledger, certificate: certificate, logger: logger,
            onRunning: { port in
                print("Listening on \(configuration.address(port: port)), loading the engines …")
                if configuration.playground { print("To talk to it here, open \(configuration.page(port: port))") }
                if configuration.tls.selfSigned, let certificate {
                    print("Clients must trust this certificate, or its SHA-256 fingerprint: \(certificate.path)")
                    print("  \(certificate.fingerprint)")
                }
                Self.flush()
            })
        // Stopped last: the sessions' spans end with the sessions.
        try await application.runService(
            with: (tracer.map { [$0] } ?? []) + [
                EngineService(
                    configuration: configuration, conversations: conversations, deployments: deployments,
                    readiness: readiness, logger: logger),
                DatabaseWatch(database, logger: logger) {
                    try deployments.refresh()
                    try keys.refresh()
                },
                UsageKeeping(ledger, logger: logger),
                Reloading(logger: logger) { try application.reload(try await sources.load().configuration) },
            ])
    }

    /// All that the configuration is made from.
    var sources: ConfigurationSources {
        var flags: [ConfigurationSources.Flag] = []
        func add(_ name: String, _ key: String, _ values: [String?]) {
            let given = values.compactMap { $0 }
            if !given.isEmpty { flags.append(.init(name, for: key, given)) }
        }
        add("--host", "host", [host])
        add("--port", "port", [port.map(String.init)])
        add("--preset", "preset", [preset?.rawValue])
        add("--api-key", "api-keys", apiKey)
        add("--accept-any-model", "accept-any-model", [acceptAnyModel ? "true" : nil])
        add("--tls-certificate", "tls.certificate", [tlsCertificate])
        add("--tls-key", "tls.key", [tlsKey])
        add("--tls-self-signed", "tls.self-signed", [tlsSelfSigned ? "true" : nil])
        add("--data-directory", "data-directory", [dataDirectory])
        add("--record", "record-directory", [record])
        return ConfigurationSources(file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
    }

    static func flush() { fflush(nil) }
}

extension ServerConfiguration.Preset: ExpressibleByArgument {}

extension ServerConfiguration {
    var sessionRules: Session.Rules {
        var rules = Session.Rules()
        rules.audioLimitMs = audioLimitSeconds * 1000
        rules.sessionLimitMs = sessionLimitSeconds * 1000
        rules.showsHeardWords = showHeardWords
        rules.speculates = speculate
        return rules
    }

    /// No models by path, from the same folder.
    var presetsModels: Models {
        var models = Models()
        models.directory = self.models.directory
        return models
    }

    /// The folder of what outlives a restart: as configured, or `vivavoce` in the user's data folder.
    var dataFolder: String {
        let environment = ProcessInfo.processInfo.environment
        return dataDirectory
            ?? (environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory() + "/.local/share")
            + "/vivavoce"
    }

    /// What a client is pointed at.
    func address(port: Int) -> String {
        "\(tls == TLS() ? "ws" : "wss")://\(ownName):\(port)/v1/realtime"
    }

    /// Where the playground is.
    func page(port: Int) -> String {
        "\(tls == TLS() ? "http" : "https")://\(ownName):\(port)/"
    }

    private var ownName: String { ["0.0.0.0", "::", "[::]"].contains(host) ? "127.0.0.1" : host }
}

/// Takes the configuration again on SIGHUP.
struct Reloading: Service {
    let logger: Logger
    let reload: @Sendable () async throws -> Void

    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                try await reload()
                logger.notice("the configuration was read again")
            } catch {
                logger.error("the configuration stays as it was", metadata: ["error": "\(error)"])
            }
        }
    }
}

/// Loads the engines beside the server, which tells meanwhile that it is not ready. If they cannot be had, both end.
struct EngineService: Service {
    let configuration: ServerConfiguration
    let conversations: Conversations
    let deployments: DeploymentRegistry
    let readiness: Readiness
    let logger: Logger

    func run() async throws {
        let steps = Mutex(0)
        conversations.use(
            try await Engines.load(configuration) { line in
                print("  \(line)")
                Serve.flush()
                let done = steps.withLock { steps in
                    steps += 1
                    return steps
                }
                readiness.notReady("The engines are being loaded: \(done) of \(Engines.steps) steps are done.")
            }, preset: configuration.models == configuration.presetsModels ? configuration.preset : nil)
        readiness.ready()
        print("Ready. Point a Realtime client at this address.")
        Serve.flush()
        // What deployments need beside them, as these come and go.
        for await _ in deployments.changes.cancelOnGracefulShutdown() {
            let wanted = Set(deployments.current.all.compactMap(\.engine))
            await conversations.engines.keep(wanted) { name in
                var other = configuration
                other.preset = name ?? configuration.preset
                other.models = configuration.presetsModels
                return try await Engines.load(other) { [preset = other.preset] line in
                    logger.info("\(line)", metadata: ["engines": "\(preset)"])
                }
            }
        }
    }
}
