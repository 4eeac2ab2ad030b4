public import ArgumentParser
import Foundation
public import RealtimeServer

/// `vivavoce keys`
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "List, make and revoke the two API keys of a server.",
        discussion: """
            There are two, so that one can be made anew while clients use the other. Only a digest is kept: a key is shown once.

              vivavoce keys regenerate key1
              vivavoce keys list
              vivavoce keys revoke key2

            A server on the same data folder notices within a second. Keys of the configuration file stay as they are.
            """,
        subcommands: [List.self, Regenerate.self, Revoke.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show which keys there are.")
        @OptionGroup var place: DeploymentsCommand.Place

        func run() async throws {
            let keys = try await place.keys().stored
            let rows = KeyRing.Slot.allCases.map { slot in
                guard let key = keys.first(where: { $0.slot == slot }) else { return [slot.rawValue, "(none)", ""] }
                let date = Date(timeIntervalSince1970: Double(key.createdAt)).formatted(.iso8601)
                return [slot.rawValue, "…\(key.ending)", date]
            }
            print(Table(["key", "ends with", "made"], rows).text)
        }
    }

    struct Regenerate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key; the one before it is good no more.")
        @Argument(help: "key1 or key2.") var slot: KeyRing.Slot
        @OptionGroup var place: DeploymentsCommand.Place

        func run() async throws { print(try await place.keys().regenerate(slot)) }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take a key away.")
        @Argument(help: "key1 or key2.") var slot: KeyRing.Slot
        @OptionGroup var place: DeploymentsCommand.Place

        func run() async throws {
            guard try await place.keys().revoke(slot) else { throw Failure("There is no \(slot.rawValue).") }
            print("Revoked \(slot.rawValue).")
        }
    }
}

extension KeyRing.Slot: ExpressibleByArgument {}
