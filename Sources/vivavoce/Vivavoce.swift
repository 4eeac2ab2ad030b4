import ArgumentParser
import LocalEngines

@main struct Vivavoce: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vivavoce",
        abstract: "Talk to a language model on your own machine, through the Realtime API.",
        discussion: """
            Start a server and point any Realtime client at it:

              vivavoce serve
              OPENAI_BASE_URL=http://127.0.0.1:8080/v1 python your_realtime_demo.py

            Or ask without a server:

              vivavoce ask "What is the capital of France?" --out answer.wav
            """,
        subcommands: [
            Serve.self, DeploymentsCommand.self, KeysCommand.self, UsageCommand.self, ConfigCommand.self, Talk.self,
            Ask.self,
            Transcribe.self,
            BenchCommand.self, Doctor.self,
            Replay.self,
            ProbeModel.self,
        ])

    static func main() async {
        #if LOCAL_ENGINES
        // Threads that spin while they wait starve each other; OpenMP reads the setting when it is loaded.
        ComputePolicy.ensurePassiveWaiting()
        #endif
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
