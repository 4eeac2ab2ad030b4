import NIOCore

/// The whole pipeline of a connection for which there is no room: whatever comes first is answered by 503, and that is all.
final class FullHouse: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// What ends a connection here.
    struct NoRoom: Error {}

    /// A client may take so long to say anything.
    private static let patience = TimeAmount.seconds(5)

    private let limit: Int
    private var hasAnswered = false
    private var timer: Scheduled<Void>?

    init(limit: Int) { self.limit = limit }

    func handlerAdded(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: Self.patience) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasAnswered else { return }
        hasAnswered = true
        let body = ErrorBody.azure(
            code: "503",
            message:
                "All \(limit) connections of this server are in use. Try again later, or raise max-connections in its"
                + " configuration.")
        let answer =
            "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Retry-After: 5\r\nConnection: close\r\n\r\n\(body)"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer))).assumeIsolated().whenComplete { _ in
            context.close(mode: .output, promise: nil)
        }
    }
}
