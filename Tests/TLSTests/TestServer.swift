import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Synchronization

@testable import RealtimeServer

/// A listening socket whose connections are served over TLS.
struct TestServer {
    enum Service { case echo, http }

    let channel: any Channel
    /// The errors that reached the end of a pipeline, and how many connections were made and have ended.
    let seen = Seen()

    final class Seen: Sendable {
        let state = Mutex<(opened: Int, closed: Int, errors: [String])>((0, 0, []))
        var closed: Int { state.withLock { $0.closed } }
        var errors: [String] { state.withLock { $0.errors } }
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    /// Runs `body` while it listens.
    static func run<Result>(
        _ certificate: ServerCertificate, _ service: Service = .echo,
        _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let server = try await TestServer(certificate, service)
        do {
            let result = try await body(server)
            try await server.channel.close()
            return result
        } catch {
            try? await server.channel.close()
            throw error
        }
    }

    private init(_ certificate: ServerCertificate, _ service: Service) async throws {
        let seen = seen
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                seen.state.withLock { $0.opened += 1 }
                channel.closeFuture.whenComplete { _ in seen.state.withLock { $0.closed += 1 } }
                return channel.eventLoop.makeCompletedFuture {
                    try certificate.addHandlers(to: channel)
                    switch service {
                    case .echo: try channel.pipeline.syncOperations.addHandler(Echo())
                    case .http: try Self.addHTTP(to: channel, seen)
                    }
                    try channel.pipeline.syncOperations.addHandler(Witness(seen: seen))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    /// The pipeline of WebSocketUpgradeChannel, with one answer.
    private static func addHTTP(to channel: any Channel, _ seen: Seen) throws {
        let upgrader = NIOTypedWebSocketServerUpgrader<String>(
            shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
            upgradePipelineHandler: { channel, _ in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(FrameEcho())
                    return "webSocket"
                }
            })
        let negotiated = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
            configuration: NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(OneAnswer())
                            return "http"
                        }
                    })))
        negotiated.whenFailure { error in
            seen.state.withLock { $0.errors.append("negotiation: \(error)") }
            channel.close(promise: nil)
        }
    }
}

private final class Echo: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { context.writeAndFlush(data, promise: nil) }
}

private final class OneAnswer: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = unwrapInboundIn(data) else { return }
        let head = HTTPResponseHead(version: .http1_1, status: .ok, headers: ["Content-Length": "6"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: "hello\n")))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

private final class FrameEcho: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        context.writeAndFlush(
            wrapOutboundOut(WebSocketFrame(fin: true, opcode: frame.opcode, data: frame.unmaskedData)), promise: nil)
    }
}

private final class Witness: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    let seen: TestServer.Seen
    init(seen: TestServer.Seen) { self.seen = seen }
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        seen.state.withLock { $0.errors.append("\(error)") }
        context.fireErrorCaught(error)
    }
}
