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
    public let messages: Messages

    private let outbound: NIOAsyncChannelOutboundWriter<Outgoing>
    private let closure: WebSocketClosure

    init(
        id: String, inbound: NIOAsyncChannelInboundStream<Message>, outbound: NIOAsyncChannelOutboundWriter<Outgoing>,
        closure: WebSocketClosure
    ) {
        self.id = id
        self.messages = Messages(stream: inbound)
        self.outbound = outbound
        self.closure = closure
    }

    /// Why the connection is closed or closing: the code that was sent or received first; `nil` while it is open.
    public var closeCode: CloseCode? { closure.code }

    /// Sends a text message. Suspends while the peer reads too slowly.
    ///
    /// - Throws: ``ServerError`` with ``ServerError/Code/connectionClosed``.
    public func send(text: ByteBuffer) async throws {
        try await write { try await outbound.write(.text(text)) }
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
        try await write { try await outbound.write(contentsOf: texts.lazy.map { .text($0) }) }
    }

    /// Closes after everything sent before; the peer has five seconds to answer. A connection already closed stays so.
    ///
    /// - Parameters:
    ///   - code: why.
    ///   - reason: why, in words: what exceeds 123 bytes of UTF-8 is cut off.
    public func close(code: CloseCode = .normal, reason: String = "") async {
        try? await outbound.write(.close(code, reason: reason))
    }

    private func write(_ body: () async throws -> Void) async throws {
        guard closeCode == nil else { throw ServerError.connectionClosed(closeCode) }
        do {
            try await body()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw ServerError.connectionClosed(closeCode)
        }
    }
}

extension WebSocketConnection {
    /// The messages of the peer.
    public struct Messages: AsyncSequence, Sendable {
        let stream: NIOAsyncChannelInboundStream<Message>

        /// Reads the messages of the peer.
        public struct AsyncIterator: AsyncIteratorProtocol {
            var base: NIOAsyncChannelInboundStream<Message>.AsyncIterator

            /// The next message, or `nil` when no more will come.
            ///
            /// - Throws: `CancellationError` if the task is cancelled.
            public mutating func next() async throws -> Message? {
                try await base.next()
            }
        }

        /// Reads from the first message on that nobody has read.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: stream.makeAsyncIterator())
        }
    }
}
