import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket

/// One port, two protocols: HTTP/1.1 requests go to Hummingbird's router, an accepted upgrade becomes a
/// ``WebSocketConnection``.
///
/// Only the first request of a connection can upgrade, as NIO has it; a later one is answered by the router.
struct WebSocketUpgradeChannel: HTTPChannelHandler {
    /// What is to become of a handshake.
    enum Decision: Sendable {
        /// 101 with these fields, and the connection goes to `serve`.
        case accept(HTTPFields, serve: @Sendable (WebSocketConnection) async -> Void)
        /// An ordinary response, after which the connection is closed.
        case refuse(Response)
    }

    enum Negotiated: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case refused(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>, Response)
        case webSocket(WebSocketConnection, serve: @Sendable (WebSocketConnection) async -> Void)
    }

    struct Value: ServerChildChannelValue {
        let negotiated: EventLoopFuture<Negotiated>
        let channel: any Channel
    }

    let responder: Responder
    let limits: WebSocketLimits
    /// How many connections there may be.
    let connections: Slots
    /// Adds TLS to a connection, before all else; `nil` for none.
    var secure: (@Sendable (any Channel) throws -> Void)?
    /// Asked on the event loop of the connection, which waits for the answer.
    let decide: @Sendable (HTTPRequest, any EventLoop) -> EventLoopFuture<Decision>

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            try secure?(channel)
            guard let place = connections.take() else {
                try channel.pipeline.syncOperations.addHandler(FullHouse(limit: connections.limit))
                let nobody: EventLoopFuture<Negotiated> = channel.eventLoop.makeFailedFuture(FullHouse.NoRoom())
                return Value(negotiated: nobody, channel: channel)
            }
            channel.closeFuture.whenComplete { _ in place.giveBack() }
            let operations = channel.pipeline.syncOperations
            // Written by `shouldUpgrade`, read by what follows it, all on this channel's event loop.
            let decision = NIOLoopBoundBox<Decision?>(nil, eventLoop: channel.eventLoop)
            var pipeline = NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                    upgraders: [upgrader(decision)],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture {
                            let parts = try addHTTP(to: channel, logger: logger)
                            if case .refuse(let response) = decision.value { return .refused(parts, response) }
                            return .http(parts)
                        }
                    }
                )
            )
            // NIOAsyncChannel answers one request at a time, Hummingbird handles errors, HTTPTypes validates fields.
            pipeline.enablePipelining = false
            pipeline.enableErrorHandling = false
            pipeline.enableResponseHeaderValidation = false
            let negotiated = try operations.configureUpgradableHTTPServerPipeline(configuration: pipeline)
            let upgradeHandler = try operations.handler(type: NIOTypedHTTPServerUpgradeHandler<Negotiated>.self)
            try operations.addHandler(
                UpgradeRequestFilter(patience: TimeAmount(limits.handshakeTime)), name: Self.filterName,
                position: .before(upgradeHandler))
            return Value(negotiated: negotiated, channel: channel)
        }
    }

    private static let filterName = "UpgradeRequestFilter"

    private func upgrader(_ decision: NIOLoopBoundBox<Decision?>) -> NIOTypedWebSocketServerUpgrader<Negotiated> {
        NIOTypedWebSocketServerUpgrader(
            maxFrameSize: limits.maxMessageSize,
            enableAutomaticErrorHandling: false,  // WebSocketProtocolHandler's
            shouldUpgrade: { channel, head in
                // Only a target that is no URL gets here without a request: the router's to answer, were it asked.
                guard let request = try? HTTPRequest(head, secure: secure != nil, splitCookie: false) else {
                    decision.value = .refuse(Response(status: .badRequest))
                    return channel.eventLoop.makeSucceededFuture(nil)
                }
                return decide(request, channel.eventLoop).map { decided in
                    decision.value = decided
                    guard case .accept(let fields, _) = decided else { return nil }
                    return HTTPHeaders(fields.map { ($0.name.rawName, $0.value) })
                }
            },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    guard case .accept(_, let serve) = decision.value else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    let operations = channel.pipeline.syncOperations
                    operations.removeHandler(name: Self.filterName, promise: nil)
                    try channel.syncOptions?.setOption(.writeBufferWaterMark, value: limits.sendQueueMarks)
                    let closure = WebSocketClosure()
                    try operations.addHandler(WebSocketProtocolHandler(limits: limits, closure: closure))
                    let bridge = WebSocketBridge(closure: closure)
                    try operations.addHandler(bridge)
                    let connection = WebSocketConnection(
                        id: Identifier.session(), eventLoop: channel.eventLoop,
                        bridge: NIOLoopBound(bridge, eventLoop: channel.eventLoop), closure: closure)
                    return .webSocket(connection, serve: serve)
                }
            }
        )
    }

    private func addHTTP(
        to channel: any Channel, logger: Logger
    ) throws -> NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart> {
        let operations = channel.pipeline.syncOperations
        try operations.addHandler(HTTP1ToHTTPServerCodec(secure: secure != nil))
        try operations.addHandler(HTTPConnectionStateHandler(idleTimeout: .seconds(60), logger: logger))
        return try NIOAsyncChannel(
            wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
    }

    func handle(value: Value, logger: Logger) async {
        do {
            switch try await value.negotiated.get() {
            case .http(let channel):
                await handleHTTP(asyncChannel: channel, logger: logger)
            case .refused(let channel, var response):
                response.headers[.connection] = "close"
                try await channel.executeThenClose { _, outbound in
                    try await ResponseWriter(outbound: outbound).write(response: response.head, body: response.body)
                }
            case .webSocket(let connection, let serve):
                await withTaskExecutorPreference(EventLoopExecutor(value.channel.eventLoop)) {
                    await serve(connection)
                }
                // With the closing handshake, if there was none; done when the socket is gone.
                try? await value.channel.close().get()
            }
        } catch is FullHouse.NoRoom {
            try? await value.channel.closeFuture.get()
        } catch {
            logger.debug("connection ended", metadata: ["error": "\(error)"])
            value.channel.close(promise: nil)
        }
    }
}
