import NIOCore
import NIOHTTP1

/// Stands before NIO's upgrade handler and lets it see only what it can upgrade.
///
/// NIO's handler keeps the head of a first request only when there is no `Upgrade` header: of a request with
/// `Upgrade: h2c` (Java's client sends it by default), with another WebSocket version or without
/// `Connection: upgrade` the head would be lost and the client would wait forever. From such a request the header is
/// taken away, so that the router answers it.
final class UpgradeRequestFilter: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let patience: TimeAmount
    private var timer: Scheduled<Void>?
    private var hasSeenHead = false

    init(patience: TimeAmount) {
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Only what comes before the head is surely a part of HTTP: a client may send its first frame right behind its
        // request, and NIO lets those bytes through here while it upgrades.
        guard !hasSeenHead, case .head(var head) = unwrapInboundIn(data) else {
            return context.fireChannelRead(data)
        }
        hasSeenHead = true
        timer?.cancel()
        // Two hosts: the loopback rule would look at one of them, somebody else at the other (RFC 9112 section 3.2).
        guard head.headers["host"].count <= 1 else {
            return refuse(context, "The request has more than one Host field.")
        }
        if head.isWebSocketUpgrade {
            // NIO asks about each protocol named, calling itself: a field with 7500 of them would overflow the stack.
            head.headers.replaceOrAdd(name: "upgrade", value: "websocket")
        } else {
            head.headers.remove(name: "upgrade")
        }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// The request cannot be read: its bytes are no HTTP.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !hasSeenHead, error is HTTPParserError else { return context.fireErrorCaught(error) }
        hasSeenHead = true
        timer?.cancel()
        refuse(context, "The request is not HTTP/1.1: its first line, a field's name or a field's value is malformed.")
    }

    private func refuse(_ context: ChannelHandlerContext, _ message: String) {
        let refusal = ErrorBody.openAI(
            type: "invalid_request_error", code: "bad_request", param: nil, message: message)
        let body = ByteBuffer(string: refusal)
        let head = HTTPResponseHead(
            version: .http1_1, status: .badRequest,
            headers: [
                "Connection": "close", "Content-Type": "application/json", "Content-Length": "\(body.readableBytes)",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // The server shuts down and this connection has not asked for anything yet.
        if event is ChannelShouldQuiesceEvent, !hasSeenHead { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }
}

extension HTTPRequestHead {
    /// Whether this is a handshake by RFC 6455 section 4.2.1 that needs no more than a decision.
    fileprivate var isWebSocketUpgrade: Bool {
        func has(_ name: String, _ token: String) -> Bool {
            headers[canonicalForm: name].contains { $0.lowercased() == token }
        }
        return method == .GET && version == .http1_1 && has("upgrade", "websocket") && has("connection", "upgrade")
            && headers["sec-websocket-version"] == ["13"]
            && headers["sec-websocket-key"].count == 1 && headers["sec-websocket-key"].first?.utf8.count == 24
            && !headers.contains(name: "transfer-encoding")
            && (headers.first(name: "content-length") ?? "0") == "0"
    }
}
