import NIOCore

/// The end of a WebSocket's pipeline: hands messages to whoever asks for the next one, and holds the socket back meanwhile.
///
/// What ``NIOAsyncChannel`` is for any channel, for one reader that asks by a call: a message needs no task of its own to
/// reach the session's.
final class WebSocketBridge: ChannelDuplexHandler {
    typealias InboundIn = WebSocketConnection.Message
    typealias OutboundIn = Never
    typealias OutboundOut = WebSocketConnection.Outgoing

    typealias Reader = @Sendable (Result<WebSocketConnection.Message?, any Error>) -> Void
    typealias Writer = @Sendable (Result<Void, any Error>) -> Void

    private let closure: WebSocketClosure
    private var context: ChannelHandlerContext?
    /// What nobody has asked for yet: the messages of one read at most.
    private var messages = CircularBuffer<WebSocketConnection.Message>()
    private var reader: Reader?
    private var hasEnded = false
    /// The socket wants to be read and may not yet.
    private var isReadHeld = false
    /// What waits until the peer reads.
    private var writes: [(messages: [WebSocketConnection.Outgoing], writer: Writer)] = []
    private var isCancelled = false

    init(closure: WebSocketClosure) { self.closure = closure }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    // MARK: From the peer

    /// Asks for the next message: `nil` when no more will come.
    func read(_ reader: @escaping Reader) {
        if let message = messages.popFirst() {
            reader(.success(message))
        } else if isCancelled {
            reader(.failure(CancellationError()))
        } else if hasEnded {
            reader(.success(nil))
        } else {
            self.reader = reader
        }
        if isReadHeld, messages.isEmpty {
            isReadHeld = false
            context?.read()
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let message = unwrapInboundIn(data)
        guard let reader = reader.take() else { return messages.append(message) }
        reader(.success(message))
    }

    func read(context: ChannelHandlerContext) {
        if messages.isEmpty { context.read() } else { isReadHeld = true }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { end() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        hasEnded = true
        reader.take()?(.success(nil))
        for write in writes.take() { write.writer(.failure(ServerError.connectionClosed(closure.code))) }
    }

    // MARK: To the peer

    /// Sends messages in order.
    ///
    /// - Returns: whether they were sent: not while the peer reads too slowly.
    func send(_ messages: [WebSocketConnection.Outgoing]) -> Bool {
        guard let context, context.channel.isWritable, writes.isEmpty else { return false }
        for message in messages { context.write(wrapOutboundOut(message), promise: nil) }
        context.flush()
        return true
    }

    /// Sends messages in order as soon as the peer reads.
    func send(_ messages: [WebSocketConnection.Outgoing], _ writer: @escaping Writer) {
        if closure.code != nil {
            writer(.failure(ServerError.connectionClosed(closure.code)))
        } else if isCancelled {
            writer(.failure(CancellationError()))
        } else if send(messages) {
            writer(.success(()))
        } else {
            writes.append((messages, writer))
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        while context.channel.isWritable, !writes.isEmpty {
            let write = writes.removeFirst()
            for message in write.messages { context.write(wrapOutboundOut(message), promise: nil) }
            context.flush()
            write.writer(.success(()))
        }
        context.fireChannelWritabilityChanged()
    }

    /// Begins the closing handshake, behind everything sent.
    func close(code: CloseCode, reason: String) {
        context?.writeAndFlush(wrapOutboundOut(.close(code, reason: reason)), promise: nil)
    }

    /// The task that reads or writes is not to wait any longer.
    func cancel() {
        isCancelled = true
        reader.take()?(.failure(CancellationError()))
        for write in writes.take() { write.writer(.failure(CancellationError())) }
    }
}

extension Array {
    /// The elements, of which none are left.
    fileprivate mutating func take() -> [Element] {
        defer { self = [] }
        return self
    }
}
