import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Synchronization

/// A client that verifies all it can, or one that speaks no TLS.
struct TestClient: Sendable {
    let channel: any Channel
    private let handler: NIOLoopBound<Inbox>

    /// Connects with TLS, done when the handshake is.
    ///
    /// - Parameters:
    ///   - root: the one certificate it trusts.
    ///   - name: what the certificate must be for.
    static func connect(
        _ server: TestServer, trusting root: NIOSSLCertificate, name: String? = "localhost",
        _ change: (inout TLSConfiguration) -> Void = { _ in }
    ) async throws -> TestClient {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([root])
        configuration.certificateVerification = .fullVerification
        change(&configuration)
        let context = try NIOSSLContext(configuration: configuration)
        let client = try await connect(server) { try NIOSSLClientHandler(context: context, serverHostname: name) }
        try await client.handshake()
        return client
    }

    /// Connects without TLS.
    static func plain(_ server: TestServer) async throws -> TestClient { try await connect(server) { nil } }

    private static func connect(
        _ server: TestServer, _ tls: @escaping @Sendable () throws -> NIOSSLClientHandler?
    ) async throws -> TestClient {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = try tls() { try channel.pipeline.syncOperations.addHandler(tls) }
                    let inbox = Inbox(channel.eventLoop)
                    try channel.pipeline.syncOperations.addHandler(inbox)
                    return TestClient(channel: channel, handler: NIOLoopBound(inbox, eventLoop: channel.eventLoop))
                }
            }
    }

    private func handshake() async throws {
        do {
            try await channel.eventLoop.flatSubmit { handler.value.secured.futureResult }.get()
        } catch {
            try? await channel.close()
            throw error
        }
    }

    /// Sends `text` and waits for an answer that ends with `end`.
    func ask(_ text: String, until end: String) async throws -> String {
        try await send(text)
        return try await channel.eventLoop.flatSubmit { handler.value.wait(end) }.get()
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }
    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// The serial number of the server's certificate.
    var serial: [UInt8]? { get async throws { try await channel.nioSSL_peerCertificate().get()?.serialNumber } }
    var version: TLSVersion? { get async throws { try await channel.nioSSL_tlsVersion().get() } }
    /// By ALPN.
    var agreedProtocol: String? {
        get async throws { try await channel.eventLoop.submit { handler.value.agreed }.get() }
    }

    private final class Inbox: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        let secured: EventLoopPromise<Void>
        var agreed: String?
        private var text = ""
        private var waiting: (end: String, promise: EventLoopPromise<String>)?

        init(_ eventLoop: any EventLoop) { secured = eventLoop.makePromise() }

        func wait(_ end: String) -> EventLoopFuture<String> {
            let promise = secured.futureResult.eventLoop.makePromise(of: String.self)
            waiting = (end, promise)
            deliver()
            return promise.futureResult
        }

        private func deliver() {
            guard let waiting, text.hasSuffix(waiting.end) else { return }
            self.waiting = nil
            waiting.promise.succeed(text)
            text = ""
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            text += String(buffer: unwrapInboundIn(data))
            deliver()
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            guard case .handshakeCompleted(let agreed) = event as? TLSUserEvent else { return }
            self.agreed = agreed
            secured.succeed()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { fail(error) }
        func channelInactive(context: ChannelHandlerContext) { fail(ChannelError.eof) }

        private func fail(_ error: any Error) {
            secured.fail(error)
            waiting?.promise.fail(error)
            waiting = nil
        }
    }
}
