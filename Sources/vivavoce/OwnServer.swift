import Foundation
import Logging
import RealtimeServer
import SessionCore

/// A server within this process, for one question.
enum OwnServer {
    /// Loads the engines, serves on a free port of the loopback address while `body` runs, and stops.
    static func run<Result: Sendable>(
        preset: ServerConfiguration.Preset, _ body: @escaping @Sendable (_ port: Int) async throws -> Result
    ) async throws -> Result {
        var configuration = ServerConfiguration()
        configuration.preset = preset
        configuration.port = 0
        FileHandle.standardError.write(Data("Loading the engines …\n".utf8))
        let conversations = Conversations(rules: configuration.sessionRules)
        conversations.use(try await Engines.load(configuration) { _ in })
        let readiness = Readiness()
        readiness.ready()
        var logger = Logger(label: "vivavoce")
        logger.logLevel = .critical  // it is stopped in the middle of waiting for others
        let (ports, port) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingOldest(1))
        let application = try RealtimeApplication(
            configuration: configuration, sessions: conversations, readiness: readiness, logger: logger,
            onRunning: { port.yield($0) })
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await application.run()
                return nil
            }
            group.addTask {
                for await port in ports { return try await body(port) }
                return nil
            }
            defer { group.cancelAll() }
            while let result = try await group.next() { if let result { return result } }
            throw CancellationError()
        }
    }
}
