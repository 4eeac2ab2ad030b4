public import Logging
public import ServiceLifecycle

/// Looks twice a second whether another process, like the command line, has changed the database.
public struct DatabaseWatch: Service {
    private let database: ServerDatabase
    private let logger: Logger
    private let refresh: @Sendable () throws -> Void

    /// - Parameter refresh: reads again what is kept in memory.
    public init(_ database: ServerDatabase, logger: Logger, refresh: @escaping @Sendable () throws -> Void) {
        self.database = database
        self.logger = logger
        self.refresh = refresh
    }

    /// Looks until the server shuts down.
    public func run() async { await cancelWhenGracefulShutdown { await watch() } }

    private func watch() async {
        // None at first: something may have changed since it was read.
        var known: Int?
        repeat {
            guard let version = try? await database.version(), version != known else { continue }
            known = version
            do {
                try refresh()
            } catch {
                logger.error("what has changed in the database could not be read", metadata: ["error": "\(error)"])
            }
        } while (try? await Task.sleep(for: .milliseconds(500))) != nil
    }
}

extension DatabaseWatch: CustomStringConvertible {
    /// Its name: a `ServiceGroup` logs its services.
    public var description: String { "DatabaseWatch" }
}
