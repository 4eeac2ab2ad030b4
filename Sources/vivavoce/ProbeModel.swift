import ArgumentParser
import Foundation
import LocalEngines

/// Loads a model that was given by path, in a process of its own: a bad file may take the process with it.
struct ProbeModel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "probe-model", shouldDisplay: false)

    @Argument(parsing: .captureForPassthrough) var arguments: [String] = []

    func run() async throws {
        #if LOCAL_ENGINES
        throw ExitCode(await ModelProbe.childMain(arguments))
        #endif
    }
}
