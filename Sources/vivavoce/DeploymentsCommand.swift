import ArgumentParser
import Foundation
import RealtimeProtocol
import RealtimeServer

/// `vivavoce deployments`
struct DeploymentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deployments",
        abstract: "List, make, change and delete deployments: the names by which clients ask for a conversation.",
        discussion: """
            A server on the same data folder notices within a second; sessions that run are not touched.

              vivavoce deployments list
              vivavoce deployments create assistant --model gpt-realtime --engine small
              vivavoce deployments create clerk --session '{"instructions":"You are a polite clerk."}'
              vivavoce deployments delete assistant

            Then ws://127.0.0.1:8080/v1/realtime?model=assistant, or on Azure's path ?deployment=assistant.
            """,
        subcommands: [List.self, Show.self, Create.self, Delete.self, Models.self], defaultSubcommand: List.self)

    /// Where the deployments are written down.
    struct Place: ParsableArguments {
        @Option(help: "The server's configuration file.") var config: String?
        @Option(help: "The server's data folder (default: vivavoce in the user's data folder).") var dataDirectory:
            String?

        func registry() async throws -> DeploymentRegistry {
            let configuration = try await configuration()
            return try DeploymentRegistry(configuration, ServerDatabase(folder: configuration.dataFolder))
        }

        func database() async throws -> ServerDatabase {
            try ServerDatabase(folder: try await configuration().dataFolder)
        }

        func keys() async throws -> KeyRing {
            var configuration = try await configuration()
            // The first key is made before anybody can be reached.
            configuration.host = "127.0.0.1"
            return try KeyRing(configuration, ServerDatabase(folder: configuration.dataFolder))
        }

        private func configuration() async throws -> ServerConfiguration {
            let folder = dataDirectory.map {
                [ConfigurationSources.Flag("--data-directory", for: "data-directory", [$0])]
            }
            return try await ConfigurationSources(
                file: config, environment: ProcessInfo.processInfo.environment, flags: folder ?? []
            ).load().configuration
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show all deployments.")
        @OptionGroup var place: Place

        func run() async throws {
            let rows = try await place.registry().current.all.map {
                [
                    $0.name, $0.model.name, $0.model.version, "\($0.sku.name) \($0.sku.capacity)",
                    $0.engine?.rawValue ?? "the server's", $0.origin.description,
                ]
            }
            print(Table(["name", "model", "version", "sku", "engine", "written down in"], rows).text)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show one deployment, as JSON.")
        @Argument(help: "Its name.") var name: String
        @OptionGroup var place: Place

        func run() async throws {
            let deployments = try await place.registry().current
            guard let deployment = deployments.named(name) else {
                throw Failure(
                    "There is no deployment \(name). There are: \(deployments.names.joined(separator: ", ")).")
            }
            print(JSONValue.object(deployment.definition).text)
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make a deployment, or change the one of this name.")
        @Argument(help: "Its name: 2 to 64 letters, digits, '-', '_' and '.'.") var name: String
        @Option(help: "The model that it is called after; `vivavoce deployments models` lists them.")
        var model = "gpt-realtime"
        @Option(help: "The model's version (default: the model's default version).") var version: String?
        @Option(help: "What capacity is bought: shown, not counted.") var sku = "GlobalStandard"
        @Option(help: "How much of it: shown, not counted.") var capacity = 1
        @Option(help: "The engines that answer: small, standard, large or scripted (default: the server's).")
        var engine: ServerConfiguration.Preset?
        @Option(parsing: .upToNextOption, help: "The engine's voices that are offered (default: all).")
        var voices: [String] = []
        @Option(
            help: """
                Limits as JSON: sessions, sessions-per-minute, tokens-per-minute, audio-minutes-per-day, \
                like '{"sessions":4}'.
                """) var limits: String?
        @Option(help: "What a session begins with, as JSON: the `session` of a session.update.") var session: String?
        @OptionGroup var place: Place

        func run() async throws {
            var properties: JSONObject = ["model": ["name": .string(model), "version": .string(version ?? "")]]
            if let engine { properties["engine"] = .string(engine.rawValue) }
            properties["voices"] = .array(voices.map { .string($0) })
            for (name, text) in [("session", session), ("limits", limits)] {
                guard let text else { continue }
                do { properties[name] = try JSONValue(parsing: text) } catch {
                    throw Failure("--\(name) is not JSON: \(error)")
                }
            }
            let (deployment, isNew) = try await place.registry().put(
                Deployment(
                    name,
                    json: [
                        "sku": ["name": .string(sku), "capacity": .integer(capacity)],
                        "properties": .object(properties),
                    ]))
            print("\(isNew ? "Made" : "Changed") the deployment \(deployment.name).")
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Delete a deployment.")
        @Argument(help: "Its name.") var name: String
        @OptionGroup var place: Place

        func run() async throws {
            guard try await place.registry().delete(name) else { throw Failure("There is no deployment \(name).") }
            print("Deleted the deployment \(name).")
        }
    }

    struct Models: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the models that a deployment can be called after.")

        func run() async throws {
            let rows = CatalogModel.all.map {
                [
                    $0.name, $0.version + ($0.isDefault ? " (default)" : ""), $0.lifecycle.rawValue,
                    $0.skus.joined(separator: ", "), $0.regions.joined(separator: ", "),
                ]
            }
            print(Table(["model", "version", "lifecycle", "skus", "regions"], rows).text)
        }
    }
}
