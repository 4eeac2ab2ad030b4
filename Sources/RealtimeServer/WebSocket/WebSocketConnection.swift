public import NIOCore

/// An established WebSocket, as messages.
///
/// Reading is pull-based: a reader that does not ask for the next message stops the socket from being read. Writing
/// suspends while the socket is not writable. Neither side can queue without bound. Fragments, pings, UTF-8 and the
/// closing handshake are dealt with below (``WebSocketProtocolHandler``).
public struct WebSocketConnection: Sendable {
    /// A whole message.
    public enum Message: Sendable, Hashable {
        /// A text message, valid UTF-8.
        case text(ByteBuffer)
        /// A binary message. The Realtime API has none: a session answers with an error event (protocol.md A.4).
        case binary(ByteBuffer)
    }

    /// What goes out.
    enum Outgoing: Sendable {
        case text(ByteBuffer)
        case close(CloseCode, reason: String)
    }

    /// `sess_` and 21 letters and digits (protocol.md A.8): names the connection in the log, and may name the session.
    public let id: String

    /// What the peer sends, in order. Ends when either side closes, when the peer vanishes and when the server shuts
    /// down; ``closeCode`` then says which. For one reader.
    public var messages: Messages { Messages(connection: self) }

    private let eventLoop: any EventLoop
    /// Used on the event loop alone, which is where a session runs.
    private let bridge: NIOLoopBound<WebSocketBridge>
    private let closure: WebSocketClosure

    init(id: String, eventLoop: any EventLoop, bridge: NIOLoopBound<WebSocketBridge>, closure: WebSocketClosure) {
        self.id = id
        self.eventLoop = eventLoop
        self.bridge = bridge
        self.closure = closure
    }

    /// Why the connection is closed or closing: the code that was sent or received first; `nil` while it is open.
    public var closeCode: CloseCode? { closure.code }

    /// Sends a text message. Suspends while the peer reads too slowly.
    ///
    /// - Throws: ``ServerError`` with ``ServerError/Code/connectionClosed``.
    public func send(text: ByteBuffer) async throws {
        try await write([.text(text)])
    }

    /// Sends a text message. Suspends while the peer reads too slowly.
    ///
    /// - Throws: ``ServerError`` with ``ServerError/Code/connectionClosed``.
    public func send(text: String) async throws {
        try await send(text: ByteBuffer(string: text))
    }

    /// Sends text messages in order, with one system call for as many of them as the socket takes.
    ///
    /// - Throws: ``ServerError`` with ``ServerError/Code/connectionClosed``.
    public func send(texts: some Sequence<ByteBuffer> & Sendable) async throws {
        try await write(texts.map { .text($0) })
    }

    /// Closes after everything sent before; the peer has five seconds to answer. A connection already closed stays so.
    ///
    /// - Parameters:
    ///   - code: why.
    ///   - reason: why, in words: what exceeds 123 bytes of UTF-8 is cut off.
    public func close(code: CloseCode = .normal, reason: String = "") async {
        onEventLoop { $0.close(code: code, reason: reason) }
    }

    /// Asks for the next message, as ``messages`` does, without a task that waits for it.
    ///
    /// - Parameter take: called once, on the connection's event loop or at once; with `nil` when no more will come.
    func receive(_ take: @escaping @Sendable (Result<Message?, any Error>) -> Void) {
        onEventLoop { $0.read(take) }
    }

    private func write(_ messages: [Outgoing]) async throws {
        guard closeCode == nil else { throw ServerError.connectionClosed(closeCode) }
        if eventLoop.inEventLoop, bridge.value.send(messages) { return }
        try await waiting { bridge, done in bridge.send(messages, done) }
    }

    /// Waits for what the bridge says to `body`, until the task is cancelled.
    fileprivate func waiting<Value: Sendable>(
        _ body: @escaping @Sendable (WebSocketBridge, @escaping @Sendable (Result<Value, any Error>) -> Void) -> Void
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onEventLoop { body($0) { continuation.resume(with: $0) } }
            }
        } onCancel: {
            onEventLoop { $0.cancel() }
        }
    }

    private func onEventLoop(_ body: @escaping @Sendable (WebSocketBridge) -> Void) {
        if eventLoop.inEventLoop { body(bridge.value) } else { eventLoop.execute { body(bridge.value) } }
    }
}

extension WebSocketConnection {
    /// The messages of the peer.
    public struct Messages: AsyncSequence, Sendable {
        let connection: WebSocketConnection

        /// Reads the messages of the peer.
        public struct AsyncIterator: AsyncIteratorProtocol {
            let connection: WebSocketConnection

            /// The next message, or `nil` when no more will come.
            ///
            /// - Throws: `CancellationError` if the task is cancelled.
            public mutating func next() async throws -> Message? {
                try await connection.waiting { bridge, done in bridge.read(done) }
            }
        }

        /// Reads from the first message on that nobody has read.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(connection: connection) }
    }
}
