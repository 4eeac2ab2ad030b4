import ArgumentParser
import Foundation
import RealtimeServer

/// `vivavoce usage`
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage",
        abstract: "Show what was used, by day, deployment and key.",
        discussion: """
            Days are of UTC. A server that runs writes down what is used every five seconds.

              vivavoce usage
              vivavoce usage --since 2026-11-01 --csv > november.csv
            """)

    @Option(help: "The first day, as 2026-11-01 (default: all).") var since = ""
    @Flag(help: "Print comma-separated values.") var csv = false
    @OptionGroup var place: DeploymentsCommand.Place

    func validate() throws {
        guard since.isEmpty || since.wholeMatch(of: /\d{4}-\d{2}-\d{2}/) != nil else {
            throw ValidationError("--since is a day, as 2026-11-01.")
        }
    }

    func run() async throws {
        let heading = [
            "day", "deployment", "key", "sessions", "responses", "input_tokens", "output_tokens", "heard_minutes",
            "said_minutes",
        ]
        let rows = try await place.database().usage(since: since).map {
            [
                $0.key.day, $0.key.deployment, $0.key.key, "\($0.sessions)", "\($0.responses)", "\($0.inputTokens)",
                "\($0.outputTokens)", Self.minutes($0.heardSeconds), Self.minutes($0.saidSeconds),
            ]
        }
        if csv {
            // No name holds a comma or a quote.
            for row in [heading] + rows { print(row.joined(separator: ",")) }
        } else {
            print(Table(heading.map { $0.replacingOccurrences(of: "_", with: " ") }, rows).text)
        }
    }

    private static func minutes(_ seconds: Double) -> String { String(format: "%.2f", seconds / 60) }
}
