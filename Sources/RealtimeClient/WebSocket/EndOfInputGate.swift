import NIOCore

/// Holds back the end of what the server sends until the handshake is done.
///
/// A server that refuses an open socket (protocol.md A.3) sends its answer, one event, a close frame and the end in one
/// packet. NIO's upgrade handler keeps the bytes until the WebSocket's handlers are there, but lets the end pass.
final class EndOfInputGate: ChannelInboundHandler {
    typealias InboundIn = Any

    private var isOpen = false
    private var isHolding = false
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event, !isOpen {
            isHolding = true
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// Lets the end pass, after what NIO hands on in this turn of the event loop.
    func open() {
        guard let context else { return }
        context.eventLoop.assumeIsolated().execute {
            self.isOpen = true
            if self.isHolding { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        }
    }
}
