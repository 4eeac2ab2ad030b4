import NIOCore
import NIOWebSocket

/// The rules of RFC 6455 between frames and whole messages, for the client's side of a connection.
///
/// States: open → closing (this side sent a close frame; what arrives is thrown away until the server answers, closes
/// or five seconds pass) → closed; open → closed (the server closed, or the connection was lost).
final class WebSocketClientHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketTransport.Message
    typealias OutboundIn = Outgoing
    typealias OutboundOut = WebSocketFrame

    enum Outgoing: Sendable {
        case text(ByteBuffer)
        case binary(ByteBuffer)
        case close(CloseStatus)
    }

    private enum State {
        case open
        case closing
        case closed
    }

    private let limits: WebSocketTransport.Limits
    private let closure: Closure
    private var state = State.open
    private var fragments: (opcode: WebSocketOpcode, data: ByteBuffer)?
    /// Only the latest ping is answered while the socket is not writable: pongs must not queue without bound.
    private var unansweredPing: ByteBuffer?
    /// Whether the socket is being read. While a slow reader holds it back, silence is not the server's.
    private var isReading = false
    private var silentSince = NIODeadline.now()
    private var timer: Scheduled<Void>?

    init(limits: WebSocketTransport.Limits, closure: Closure) {
        self.limits = limits
        self.closure = closure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        silentSince = .now()
        schedulePing(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    // MARK: From the server

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard state == .open else {
            if frame.opcode == .connectionClose { finish(context) }
            return
        }
        switch frame.opcode {
        case .text, .binary:
            guard fragments == nil else { return fail(context, 1002, "A message began within another.") }
            receive(frame.opcode, frame.unmaskedData, isWhole: frame.fin, context)
        case .continuation:
            // Taken out, so that the buffer is unique and appending does not copy it.
            guard var message = fragments else { return fail(context, 1002, "A fragment continues no message.") }
            fragments = nil
            message.data.writeImmutableBuffer(frame.unmaskedData)
            receive(message.opcode, message.data, isWhole: frame.fin, context)
        case .ping:
            answer(ping: frame.unmaskedData, context)
        case .connectionClose:
            receiveClose(frame.unmaskedData, context)
        default:
            break
        }
    }

    private func receive(
        _ opcode: WebSocketOpcode, _ data: ByteBuffer, isWhole: Bool, _ context: ChannelHandlerContext
    ) {
        guard data.readableBytes <= limits.maxMessageSize else {
            return fail(context, 1009, "A message may have \(limits.maxMessageSize) bytes at most.")
        }
        guard isWhole else {
            fragments = (opcode, data)
            return
        }
        if opcode == .binary {
            return context.fireChannelRead(wrapInboundOut(.binary(Array(data.readableBytesView))))
        }
        guard let text = data.withUnsafeReadableBytes({ String(validating: $0, as: UTF8.self) }) else {
            return fail(context, 1007, "A text message must be UTF-8.")
        }
        context.fireChannelRead(wrapInboundOut(.text(text)))
    }

    private func receiveClose(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        var data = data
        let code = data.readInteger(as: UInt16.self)
        let status = CloseStatus(code: code ?? 1005, reason: String(buffer: data))
        closure.record(status)
        state = .closed
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        context.writeAndFlush(wrapOutboundOut(.close(CloseStatus(code: status.code)))).assumeIsolated().whenComplete {
            _ in
            context.close(promise: nil)
        }
        scheduleEnd(context)
    }

    private func answer(ping: ByteBuffer, _ context: ChannelHandlerContext) {
        guard context.channel.isWritable else {
            unansweredPing = ping
            return
        }
        context.writeAndFlush(wrapOutboundOut(.masked(.pong, ping)), promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, state == .open, let ping = unansweredPing {
            unansweredPing = nil
            answer(ping: ping, context)
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: To the server

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state == .open else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .text(let text): context.write(wrapOutboundOut(.masked(.text, text)), promise: promise)
        case .binary(let bytes): context.write(wrapOutboundOut(.masked(.binary, bytes)), promise: promise)
        case .close(let status):
            close(context, status)
            promise?.succeed()
        }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, state != .closed else { return context.close(mode: mode, promise: promise) }
        context.channel.closeFuture.cascade(to: promise)
        if state == .open { close(context, CloseStatus(code: 1000)) }
    }

    private func fail(_ context: ChannelHandlerContext, _ code: UInt16, _ reason: String) {
        close(context, CloseStatus(code: code, reason: reason))
    }

    private func close(_ context: ChannelHandlerContext, _ status: CloseStatus) {
        closure.record(status)
        state = .closing
        fragments = nil
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        context.writeAndFlush(wrapOutboundOut(.close(status)), promise: nil)
        scheduleEnd(context)
        context.read()
    }

    private func finish(_ context: ChannelHandlerContext) {
        state = .closed
        context.close(promise: nil)
    }

    // MARK: Time

    private func schedulePing(_ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.pingInterval)) {
            self.ping(context)
        }
    }

    private func ping(_ context: ChannelHandlerContext) {
        guard state == .open else { return }
        if isReading, .now() - silentSince >= TimeAmount(limits.longestSilence) {
            closure.record(.lost)
            return finish(context)
        }
        context.writeAndFlush(
            wrapOutboundOut(.masked(.ping, ByteBuffer(integer: UInt32.random(in: 0...UInt32.max)))), promise: nil)
        schedulePing(context)
    }

    private func scheduleEnd(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(5)) { self.finish(context) }
    }

    func read(context: ChannelHandlerContext) {
        if !isReading {
            isReading = true
            silentSince = .now()
        }
        context.read()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        silentSince = .now()
        context.fireChannelReadComplete()
        // Downstream may have stopped asking; what comes now is thrown away.
        if state == .closing { context.read() }
    }

    // MARK: Endings

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            closure.record(.lost)
            finish(context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard state == .open else { return }
        switch error {
        case NIOWebSocketError.invalidFrameLength:
            fail(context, 1009, "A message may have \(limits.maxMessageSize) bytes at most.")
        case is NIOWebSocketError:
            fail(context, 1002, "An invalid control frame.")
        default:
            closure.record(.lost)
            finish(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        closure.record(.lost)
        state = .closed
        timer?.cancel()
        context.fireChannelInactive()
    }
}

extension WebSocketFrame {
    /// A client masks whatever it sends (RFC 6455 section 5.3).
    fileprivate static func masked(_ opcode: WebSocketOpcode, _ data: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
    }

    fileprivate static func close(_ status: CloseStatus) -> WebSocketFrame {
        var data = ByteBuffer()
        if status.isSendable {
            data.writeInteger(status.code)
            // A control frame holds 125 bytes at most; a character is not cut in two.
            var room = 123
            data.writeString(
                String(
                    status.reason.prefix {
                        room -= $0.utf8.count; return room >= 0
                    }))
        }
        return masked(.connectionClose, data)
    }
}

extension TimeAmount {
    /// Clamped to what fits, some 292 years.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        self = .nanoseconds(overflow ? .max : whole + attoseconds / 1_000_000_000)
    }
}
