import Foundation
import HTTPTypes
public import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
public import Tracing
import UnixSignals

/// The server: the Realtime WebSocket and a little HTTP on one port.
///
/// ```swift
/// let application = try RealtimeApplication(configuration: configuration, sessions: handler, readiness: readiness)
/// try await application.runService()  // until SIGTERM or SIGINT
/// ```
///
/// As a `Service` it can also be one of several of a `ServiceGroup`. On graceful shutdown no more sessions are let in, those
/// that run have a while to end, what is left is closed with 1001, and ``run()`` returns.
public struct RealtimeApplication: Service {
    private let configuration: ServerConfiguration
    private let application: Application<RouterResponder<BasicRequestContext>>
    private let logger: Logger
    private let rules: CurrentAccessRules
    private let deployments: DeploymentRegistry
    private let keys: KeyRing
    private let certificate: ServerCertificate?
    /// What runs beside the server, and stops before it.
    private let companions: [any Service]

    /// Prepares the server; it does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: checked here.
    ///   - sessions: serves each session.
    ///   - readiness: sessions are refused and `/readyz` is 503 until it is ready.
    ///   - secrets: the client secrets that are given out.
    ///   - deployments: the deployments there are; those of `configuration` alone if none are given.
    ///   - keys: the API keys; those of `configuration` alone if none are given.
    ///   - ledger: counts what is used; it is kept nowhere if none is given.
    ///   - certificate: what the server shows over TLS; without one it speaks plain HTTP.
    ///   - limits: of each WebSocket; those of `configuration` if none are given.
    ///   - tracer: is told of sessions.
    ///   - logger: its level is left as it is.
    ///   - routes: adds further routes to the same port. The loopback rule holds for them; API keys do not.
    ///   - onRunning: called with the port once the server listens: the one that was found, if 0 was configured.
    /// - Throws: ``ServerError`` with ``ServerError/Code/keyRequired`` or
    ///   ``ServerError/Code/invalidConfiguration``.
    public init(
        configuration: ServerConfiguration,
        sessions: any RealtimeSessionHandler,
        readiness: Readiness,
        secrets: ClientSecrets = ClientSecrets(),
        deployments: DeploymentRegistry? = nil,
        keys: KeyRing? = nil,
        ledger: QuotaLedger? = nil,
        certificate: ServerCertificate? = nil,
        limits: WebSocketLimits? = nil,
        tracer: any Tracer = InstrumentationSystem.tracer,
        logger: Logger = Logger(label: "vivavoce"),
        routes: (Router<BasicRequestContext>) -> Void = { _ in },
        onRunning: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws {
        try configuration.validate()
        self.configuration = configuration
        self.logger = logger
        let registry = try deployments ?? DeploymentRegistry(configuration, ServerDatabase(), logger: logger)
        let keys = try keys ?? KeyRing(configuration, ServerDatabase())
        let rules = CurrentAccessRules(try AccessRules(configuration, logger: logger))
        let policy = HandshakePolicy(
            keys: keys.current, secrets: secrets, deployments: registry.current, rules: rules.value)
        let live = LiveSessions()
        let slots = Slots(limit: configuration.maxSessions)
        let connections = Slots(limit: configuration.maxConnections)
        let metrics = ServerMetrics(live: live, slots: slots, connections: connections)
        let door = SessionDoor(
            policy: policy, readiness: readiness, slots: slots,
            sessions: sessions, ledger: try ledger ?? QuotaLedger(ServerDatabase()), live: live,
            metrics: metrics, tracer: tracer, memoryLimitMB: configuration.memoryLimitMB, logger: logger)
        (self.rules, self.deployments, self.keys) = (rules, registry, keys)
        self.certificate = certificate
        companions =
            (certificate.map { [$0] } ?? [])
            + [IssuerWatch(policy: policy)]
            + (configuration.endExpiredSessions ? [CredentialWatch(policy: policy, live: live)] : [])
            + [Draining(live: live, readiness: readiness, patience: configuration.shutdownSeconds, logger: logger)]
        let limits = limits ?? WebSocketLimits(configuration)
        let router = Router.realtime(
            policy: policy, sessions: sessions, readiness: readiness, slots: slots, metrics: metrics, logger: logger)
        DeploymentRoutes(policy: policy, registry: registry, sessions: sessions).add(to: router)
        KeyRoutes(policy: policy, keys: keys).add(to: router)
        if configuration.playground { PlaygroundRoutes().add(to: router) }
        routes(router)
        application = Application(
            responder: router.buildResponder(),
            server: HTTPServerBuilder { responder in
                WebSocketUpgradeChannel(
                    responder: responder, limits: limits, connections: connections, secure: certificate?.addHandlers,
                    decide: door.decide)
            },
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.host.trimmingBrackets, port: configuration.port),
                serverName: "vivavoce"),
            onServerRunning: { channel in
                await onRunning(channel.localAddress?.port ?? configuration.port)
            },
            logger: logger)
    }

    /// Serves until the task is cancelled or the surrounding `ServiceGroup` shuts down.
    ///
    /// - Throws: ``ServerError`` with ``ServerError/Code/addressTaken`` if it cannot listen.
    public func run() async throws {
        do {
            // They are stopped from the last to the first: the sessions are seen out before the server stops listening.
            let services: [any Service] = [application] + companions
            let group = ServiceGroupConfiguration(
                services: services.map { .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup) },
                logger: logger)
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError where error.errnoCode == EADDRINUSE {
            throw ServerError(
                .addressTaken,
                "Port \(configuration.port) on \(configuration.host) is taken by another program. Choose another with --port, "
                    + "or stop that one.", cause: error)
        }
    }

    /// Takes a configuration that has changed: keys, token issuers and roles, deployments, limits of keys and origins; and
    /// reads the TLS certificate again. Sessions that run go on. What belongs to the start, like the port, stays as it is.
    ///
    /// - Throws: ``ServerError``; then nothing of the configuration is taken.
    public func reload(_ configuration: ServerConfiguration) throws {
        try configuration.validate()
        let rules = try AccessRules(configuration, logger: logger)
        let takeDeployments = try deployments.reading(configuration)
        let takeKeys = try keys.reading(configuration)
        try certificate?.reload()
        // From here on nothing fails.
        takeDeployments()
        takeKeys()
        self.rules.value = rules
        let waiting = self.configuration.keysTakenAtStart(thatDifferFrom: configuration)
        if !waiting.isEmpty {
            logger.warning(
                "not all that has changed is taken: restart the server for the rest",
                metadata: ["keys": "\(waiting.joined(separator: ", "))"])
        }
    }

    /// Serves until SIGTERM or SIGINT. Then nobody is let in any more, those inside are told, and every session that is left
    /// after the configured time is closed with 1001.
    ///
    /// - Parameter services: what else must run as long, for example the engines; they are stopped after the server, and
    ///   the server with the first of them that fails.
    /// - Throws: what the first of them that failed threw.
    public func runService(with services: [any Service] = []) async throws {
        var configuration = ServiceGroupConfiguration(
            services: (services + [self]).map {
                .init(service: $0, failureTerminationBehavior: .gracefullyShutdownGroup)
            }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(self.configuration.shutdownSeconds + 10)
        configuration.maximumCancellationDuration = .seconds(5)
        try await ServiceGroup(configuration: configuration).run()
    }
}

extension RealtimeApplication: CustomStringConvertible {
    /// Its name: a `ServiceGroup` logs its services.
    public var description: String { "RealtimeApplication" }
}

extension String {
    /// `::1` for `[::1]`: a URL needs the brackets, a socket cannot have them.
    fileprivate var trimmingBrackets: String {
        hasPrefix("[") && hasSuffix("]") ? String(dropFirst().dropLast()) : self
    }
}
