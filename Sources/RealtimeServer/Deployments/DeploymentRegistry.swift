import Foundation
public import Logging
import Synchronization

/// The deployments of a server: those of the configuration, which stay as they are, and those of the database, which can be
/// changed while it runs.
public final class DeploymentRegistry: Sendable {
    private struct State {
        /// Those of the configuration file.
        var fixed: [Deployment]
        var acceptsAnyModel: Bool
        var region: String?
        var stored: [Deployment]
        var current = Deployments()

        /// - Throws: ``ServerError`` when both have one of the same name, or one is not offered in the server's region.
        init(_ configuration: ServerConfiguration, stored: [Deployment], database: ServerDatabase) throws {
            fixed = configuration.deployments
            acceptsAnyModel = configuration.acceptAnyModel
            region = configuration.region
            self.stored = stored
            for deployment in fixed {
                do throws(DeploymentError) {
                    try deployment.check(region: region)
                } catch {
                    throw ServerError(.invalidConfiguration, "deployments: \(deployment.name): \(error.message)")
                }
                guard let same = stored.first(where: { $0.name == deployment.name }) else { continue }
                throw ServerError(
                    .invalidConfiguration,
                    "The deployment \(same.name) is in the configuration file and in the database \(database.path ?? "")."
                        + " Delete one of them: `vivavoce deployments delete \(same.name)` deletes that of the database."
                )
            }
            join()
        }

        mutating func join() {
            let names = Set(fixed.map(\.name))
            current = Deployments(
                fixed + stored.filter { !names.contains($0.name) }, acceptsAnyModel: acceptsAnyModel)
        }
    }

    private let database: ServerDatabase
    private let logger: Logger
    private let state: Mutex<State>
    private let changed: AsyncStream<Void>.Continuation
    /// Something when the deployments have changed, and at the start. For one reader.
    public let changes: AsyncStream<Void>

    /// The deployments of `configuration` and of `database`.
    ///
    /// - Throws: ``ServerError`` when both have one of the same name, or one is not offered in the server's region.
    public init(
        _ configuration: ServerConfiguration, _ database: ServerDatabase, logger: Logger = Logger(label: "vivavoce")
    ) throws {
        self.database = database
        self.logger = logger
        state = Mutex(try State(configuration, stored: try Self.read(database, logger), database: database))
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        changed.yield()
    }

    /// Reads the deployments of a configuration that has changed. Sessions that run keep what they began with.
    ///
    /// - Returns: takes them.
    /// - Throws: as ``init(_:_:logger:)``.
    func reading(_ configuration: ServerConfiguration) throws -> () -> Void {
        let new = try State(configuration, stored: try Self.read(database, logger), database: database)
        return {
            self.state.withLock { $0 = new }
            self.changed.yield()
        }
    }

    /// The region whose models it offers; `nil` for all.
    public var region: String? { state.withLock { $0.region } }

    /// The deployments there are now.
    public var current: Deployments { state.withLock { $0.current } }

    /// Makes a deployment, or changes the one of its name. Sessions that run keep what they began with.
    ///
    /// - Returns: it, and whether it is new.
    /// - Throws: ``DeploymentError``.
    public func put(_ deployment: Deployment) async throws(DeploymentError) -> (deployment: Deployment, isNew: Bool) {
        try refuseFixed(deployment.name)
        try deployment.check(region: region)
        var deployment = deployment
        let before = state.withLock { $0.stored.first { $0.name == deployment.name } }
        let now = Int(Date().timeIntervalSince1970)
        deployment.origin = .stored
        deployment.createdAt = before?.createdAt ?? now
        deployment.changedAt = now
        do {
            try await database.put(deployment)
            try refresh()
        } catch {
            throw failure(error)
        }
        return (deployment, before == nil)
    }

    /// Deletes a deployment. Sessions that run are not touched.
    ///
    /// - Returns: whether it was there.
    /// - Throws: ``DeploymentError``.
    public func delete(_ name: String) async throws(DeploymentError) -> Bool {
        try refuseFixed(name)
        do {
            let wasThere = try await database.deleteDeployment(name)
            try refresh()
            if wasThere { return true }
        } catch {
            throw failure(error)
        }
        guard current.named(name) == nil else {
            throw DeploymentError(
                .readOnly, "The deployment \(name) is there out of the box and cannot be deleted; it can be replaced.")
        }
        return false
    }

    /// Reads the deployments again, which another process may have changed.
    public func refresh() throws {
        let stored = try Self.read(database, logger)
        state.withLock {
            $0.stored = stored
            $0.join()
        }
        changed.yield()
    }

    private static func read(_ database: ServerDatabase, _ logger: Logger) throws -> [Deployment] {
        try database.deployments { name, why in
            logger.error(
                "a deployment in the database could not be read", metadata: ["name": "\(name)", "error": "\(why)"])
        }
    }

    private func refuseFixed(_ name: String) throws(DeploymentError) {
        guard let origin = state.withLock({ $0.fixed.first { $0.name == name }?.origin }), case .file(let file) = origin
        else {
            return
        }
        throw DeploymentError(
            .readOnly,
            "The deployment \(name) is written down in the configuration file \(file) and can only be changed there.")
    }

    private func failure(_ error: any Error) -> DeploymentError {
        logger.error("the database failed", metadata: ["error": "\(error)"])
        return DeploymentError(.failed, "The server's database failed; its log says why.")
    }
}
