import NIOCore
import NIOWebSocket

/// The rules of RFC 6455 between frames and whole messages, for the server's side of a connection.
///
/// States:
/// - open → closing: the server closes (the session, a broken rule, shutdown). A close frame is sent, then the
///   sending direction is shut; what arrives is read and thrown away until the peer has closed too, for a socket
///   closed with unread bytes in it is reset and the peer might never see the close frame.
/// - open → closed: the peer closes (its code is echoed), vanishes, or is silent for too long.
/// - closing → closed: the peer answers, vanishes, or five seconds pass.
final class WebSocketProtocolHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketConnection.Message
    typealias OutboundIn = WebSocketConnection.Outgoing
    typealias OutboundOut = WebSocketFrame

    private enum State {
        case open
        case closing
        case closed
    }

    private let limits: WebSocketLimits
    private let closure: WebSocketClosure
    private var state = State.open
    private var fragments: (opcode: WebSocketOpcode, data: ByteBuffer)?
    /// A ping that waits until the socket is writable. Only the latest is answered, as RFC 6455 section 5.5.3 allows:
    /// a peer that pings without reading cannot fill our memory.
    private var unansweredPing: ByteBuffer?
    private var pingCount: UInt32 = 0
    /// Whether the socket is being read. While a slow session holds reading back, silence is not the peer's.
    private var isReading = false
    private var silentSince = NIODeadline.now()
    private var timer: Scheduled<Void>?
    /// Runs while the queue of what is to be sent is full.
    private var slowness: Scheduled<Void>?

    init(limits: WebSocketLimits, closure: WebSocketClosure) {
        self.limits = limits
        self.closure = closure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        silentSince = .now()
        schedulePing(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        slowness?.cancel()
    }

    // MARK: From the peer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard state == .open else {
            if frame.opcode == .connectionClose { finish(context) }
            return
        }
        guard frame.maskKey != nil else {
            return close(context, .protocolError, "A client must mask its frames.")
        }
        guard !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return close(context, .protocolError, "A reserved bit is set and no extension was negotiated.")
        }
        switch frame.opcode {
        case .text, .binary: receiveFirst(frame, context)
        case .continuation: receiveFurther(frame, context)
        case .ping: answer(ping: frame.unmaskedData, context)
        case .pong: break
        case .connectionClose: receiveClose(frame.unmaskedData, context)
        default: close(context, .protocolError, "Unknown opcode.")
        }
    }

    private func receiveFirst(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        guard fragments == nil else {
            return close(context, .protocolError, "A message began before the last fragment of another.")
        }
        if frame.fin {
            deliver(frame.opcode, frame.unmaskedData, context)
        } else {
            fragments = (frame.opcode, frame.unmaskedData)
        }
    }

    private func receiveFurther(_ frame: WebSocketFrame, _ context: ChannelHandlerContext) {
        // Taken out, so that the buffer is unique and appending does not copy it.
        guard var message = fragments else {
            return close(context, .protocolError, "A fragment continues no message.")
        }
        fragments = nil
        guard message.data.readableBytes + frame.length <= limits.maxMessageSize else {
            return close(context, .tooLarge, limits.tooLargeReason)
        }
        message.data.writeImmutableBuffer(frame.unmaskedData)
        if frame.fin {
            deliver(message.opcode, message.data, context)
        } else {
            fragments = message
        }
    }

    private func deliver(_ opcode: WebSocketOpcode, _ data: ByteBuffer, _ context: ChannelHandlerContext) {
        guard opcode == .text else {
            return context.fireChannelRead(wrapInboundOut(.binary(data)))
        }
        let isText = data.withUnsafeReadableBytes { String(validating: $0, as: UTF8.self) != nil }
        guard isText else { return close(context, .invalidText, "A text message must be UTF-8.") }
        context.fireChannelRead(wrapInboundOut(.text(data)))
    }

    private func receiveClose(_ data: ByteBuffer, _ context: ChannelHandlerContext) {
        var data = data
        let code = data.readInteger(as: UInt16.self).map(CloseCode.init(rawValue:))
        guard data.readableBytes == 0 || code?.isSendable == true, code?.isSendable != false else {
            return close(context, .protocolError, "An invalid close frame.")
        }
        closure.record(code ?? .noCode)
        state = .closed
        endMessages(context)
        let frame = WebSocketFrame.close(code, reason: "")
        context.writeAndFlush(wrapOutboundOut(frame)).assumeIsolated().whenComplete { _ in
            context.close(promise: nil)
        }
        // A peer that says goodbye and does not read must not keep the socket.
        scheduleEnd(context)
    }

    private func answer(ping: ByteBuffer, _ context: ChannelHandlerContext) {
        guard context.channel.isWritable else {
            unansweredPing = ping
            return
        }
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .pong, data: ping)), promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            slowness?.cancel()
            slowness = nil
        } else if state == .open, slowness == nil {
            watchQueue(context)
        }
        if context.channel.isWritable, state == .open, let ping = unansweredPing {
            unansweredPing = nil
            answer(ping: ping, context)
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: To the peer

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state == .open else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .text(let text):
            context.write(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .text, data: text)), promise: promise)
        case .close(let code, let reason):
            close(context, code, reason)
            promise?.succeed()
        }
    }

    /// The end of the session: the closing handshake comes first, if it has not been.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, state != .closed else { return context.close(mode: mode, promise: promise) }
        context.channel.closeFuture.cascade(to: promise)
        if state == .open { close(context, .normal, "") }
    }

    private func close(_ context: ChannelHandlerContext, _ code: CloseCode, _ reason: String) {
        closure.record(code)
        state = .closing
        fragments = nil
        endMessages(context)
        let frame = WebSocketFrame.close(code, reason: reason)
        context.writeAndFlush(wrapOutboundOut(frame)).assumeIsolated().whenComplete { _ in
            context.close(mode: .output, promise: nil)
        }
        scheduleEnd(context)
        context.read()
    }

    private func finish(_ context: ChannelHandlerContext) {
        state = .closed
        context.close(promise: nil)
    }

    /// Ends the reader's sequence; nothing more is delivered.
    private func endMessages(_ context: ChannelHandlerContext) {
        context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
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
            close(context, .internalError, "keepalive ping timeout")
            return finish(context)
        }
        pingCount &+= 1
        let data = ByteBuffer(integer: pingCount)
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .ping, data: data)), promise: nil)
        schedulePing(context)
    }

    /// Gives up a peer that takes nothing of what waits for it. One that reads, however slowly, is waited for.
    private func watchQueue(_ context: ChannelHandlerContext) {
        let waiting = Self.waitingBytes(context)
        slowness = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.slowestReading)) {
            guard self.state == .open else { return }
            guard Self.waitingBytes(context) >= waiting else { return self.watchQueue(context) }
            self.close(context, .tryAgainLater, self.limits.slowReason)
        }
    }

    private static func waitingBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func scheduleEnd(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limits.closingTime)) {
            self.finish(context)
        }
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
        switch event {
        case ChannelEvent.inputClosed:
            closure.record(.lost)
            context.fireUserInboundEventTriggered(event)
            finish(context)
        case is ChannelShouldQuiesceEvent:
            if state == .open { close(context, .goingAway, "The server is shutting down.") }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard state == .open else { return }
        switch error {
        case NIOWebSocketError.invalidFrameLength: close(context, .tooLarge, limits.tooLargeReason)
        case is NIOWebSocketError: close(context, .protocolError, "An invalid control frame.")
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
    static func close(_ code: CloseCode?, reason: String) -> WebSocketFrame {
        var data = ByteBuffer()
        if let code, code.isSendable {
            data.writeInteger(code.rawValue)
            // A control frame holds 125 bytes at most; a character is not cut in two.
            var room = 123
            data.writeString(
                String(
                    reason.prefix {
                        room -= $0.utf8.count; return room >= 0
                    }))
        }
        return WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
    }
}
