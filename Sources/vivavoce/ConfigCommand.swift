import ArgumentParser
import Foundation
import Logging
import RealtimeServer

/// `vivavoce config`
struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check a server's configuration, or show it.",
        discussion: """
            The configuration is made from a YAML file, secrets in $CREDENTIALS_DIRECTORY, environment variables (VIVAVOCE_PORT,
            VIVAVOCE_MODELS_VOICE) and the flags of `serve`, the later over the earlier.

              vivavoce config check --config vivavoce.yaml
              vivavoce config print --config vivavoce.yaml
            """,
        subcommands: [Check.self, Print.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is wrong with a configuration, without starting a server.")
        @Option(help: "The configuration file (YAML).") var config: String?

        func run() async throws {
            let loaded = try await ConfigCommand.sources(config).load()
            let configuration = loaded.configuration
            try configuration.validate()
            for note in try Self.notes(configuration) { print("Note: \(note)") }
            let count = loaded.places.count
            print(
                "The configuration is good: \(count) \(count == 1 ? "key is" : "keys are") set, the rest has its default."
            )
        }

        /// What the values say together, and with the files that they name.
        private static func notes(_ configuration: ServerConfiguration) throws -> [String] {
            var notes: [String] = []
            let logger = Logger(label: "vivavoce") { _ in SwiftLogNoOpLogHandler() }
            // One that the server makes for itself is not made here.
            if let tls = try configuration.tls.settings(folder: ""), case .files = tls {
                let certificate = try ServerCertificate(tls, logger: logger)
                notes.append("The TLS certificate is good until \(certificate.expiresAt.formatted(.iso8601)).")
            }
            for path in [
                configuration.models.languageModel, configuration.models.recognizer, configuration.models.voice,
                configuration.models.voiceActivityDetector,
            ].compactMap({ $0 })
            where path != ServerConfiguration.Models.scripted && !FileManager.default.fileExists(atPath: path) {
                throw Failure("There is no model at \(path).")
            }
            let isThere = FileManager.default.fileExists(atPath: configuration.dataFolder + "/vivavoce.sqlite")
            let database = try isThere ? ServerDatabase(folder: configuration.dataFolder) : ServerDatabase()
            _ = try DeploymentRegistry(configuration, database, logger: logger)
            _ = try KeyRing(configuration, database)
            if !configuration.tokenIssuers.isEmpty, configuration.roleAssignments.isEmpty {
                notes.append("There are token-issuers and no role-assignments: no token permits anything.")
            }
            if configuration.recordDirectory != nil {
                notes.append("record-directory is set: what is said in each session, by both sides, is kept.")
            }
            return notes
        }
    }

    struct Print: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show every key with its value and where it comes from; API keys are masked.")
        @Option(help: "The configuration file (YAML).") var config: String?

        func run() async throws { print(try await ConfigCommand.sources(config).load().yaml, terminator: "") }
    }

    private static func sources(_ file: String?) -> ConfigurationSources {
        ConfigurationSources(file: file, environment: ProcessInfo.processInfo.environment)
    }
}
