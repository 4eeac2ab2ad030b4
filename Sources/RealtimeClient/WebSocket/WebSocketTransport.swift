import NIOCore

/// A WebSocket to a Realtime server, as text messages.
///
/// ```swift
/// let socket = try await WebSocketTransport.connect(
///     to: "ws://localhost:8080/v1/realtime?model=gpt-realtime",
///     headers: [Header(name: "Authorization", value: "Bearer \(key)")])
/// try await socket.send(text: #"{"type":"response.create"}"#)
/// for try await message in socket.messages { print(message) }
/// ```
///
/// Nothing is read from the socket while nobody asks for the next message, and sending suspends while the server reads
/// too slowly. Pings are sent and answered. Dropping the last copy closes the connection.
public struct WebSocketTransport: Sendable {
    /// A whole message.
    public enum Message: Sendable, Hashable {
        /// A text message. Every event of the Realtime API is one (protocol.md A.4).
        case text(String)
        /// A binary message. The Realtime API has none.
        case binary([UInt8])
    }

    /// What a connection may cost.
    public struct Limits: Sendable {
        /// The largest message that is accepted, in bytes: 64 MiB, for an item retrieved with its audio is one.
        public var maxMessageSize = 64 * 1024 * 1024
        /// How long the server may take to accept the connection, and again to answer the handshake.
        public var connectTime = Duration.seconds(15)
        /// How often the client pings.
        public var pingInterval = Duration.seconds(20)
        /// How long nothing may arrive, not even a pong, until the connection counts as lost.
        public var longestSilence = Duration.seconds(60)

        /// The limits that fit the Realtime API.
        public init() {}
    }

    /// The subprotocol that the server chose, if any was offered.
    public let subprotocol: String?
    /// The header fields of the server's 101 response, in order.
    public let responseHeaders: [Header]
    /// What the server sends, in order, for one reader.
    public let messages: Messages

    private let outbound: NIOAsyncChannelOutboundWriter<WebSocketClientHandler.Outgoing>
    private let lifetime: Lifetime

    init(
        response: [Header], inbound: NIOAsyncChannelInboundStream<Message>,
        outbound: NIOAsyncChannelOutboundWriter<WebSocketClientHandler.Outgoing>, channel: any Channel, closure: Closure
    ) {
        responseHeaders = response
        subprotocol = response.first { $0.name.lowercased() == "sec-websocket-protocol" }?.value
        messages = Messages(stream: inbound, closure: closure)
        self.outbound = outbound
        lifetime = Lifetime(channel: channel, closure: closure)
    }

    /// How the connection was closed, or is being closed: what was sent or received first; `nil` while it is open.
    public var closeStatus: CloseStatus? { lifetime.closure.status }

    /// Sends a text message.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/connectionClosed``.
    public func send(text: String) async throws {
        try await write(.text(ByteBuffer(string: text)))
    }

    /// Sends a text message given as UTF-8.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/connectionClosed``.
    public func send(utf8 bytes: [UInt8]) async throws {
        try await write(.text(ByteBuffer(bytes: bytes)))
    }

    /// Sends a binary message, which a Realtime server answers with an error.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/connectionClosed``.
    public func send(binary bytes: [UInt8]) async throws {
        try await write(.binary(ByteBuffer(bytes: bytes)))
    }

    /// Closes after everything sent before, and returns when the server has answered, or after five seconds.
    ///
    /// - Parameters:
    ///   - code: 1000, or 3000 to 4999 for reasons of your own.
    ///   - reason: why, in words: what exceeds 123 bytes of UTF-8 is cut off.
    public func close(code: UInt16 = 1000, reason: String = "") async {
        try? await outbound.write(.close(CloseStatus(code: code, reason: reason)))
        try? await lifetime.channel.closeFuture.get()
    }

    private func write(_ message: WebSocketClientHandler.Outgoing) async throws {
        if closeStatus == nil {
            do {
                return try await outbound.write(message)
            } catch let error as CancellationError {
                throw error
            } catch {
                // Closed in the meantime: said below.
            }
        }
        let status = closeStatus.map { " (\($0.code)\($0.reason.isEmpty ? "" : ", \($0.reason)"))" } ?? ""
        throw ClientError(
            .connectionClosed, "The WebSocket is closed\(status); nothing more can be sent on it. Connect again.")
    }
}

extension WebSocketTransport {
    /// Closes the connection when nobody holds it any more.
    private final class Lifetime: Sendable {
        let channel: any Channel
        let closure: Closure

        init(channel: any Channel, closure: Closure) {
            self.channel = channel
            self.closure = closure
        }

        deinit { channel.close(promise: nil) }
    }

    /// The messages of the server. They end when either side closes; a connection that breaks is an error.
    public struct Messages: AsyncSequence, Sendable {
        let stream: NIOAsyncChannelInboundStream<Message>
        let closure: Closure

        /// Reads the messages of the server.
        public struct AsyncIterator: AsyncIteratorProtocol {
            var base: NIOAsyncChannelInboundStream<Message>.AsyncIterator
            let closure: Closure

            /// The next message, or `nil` when the connection was closed; ``WebSocketTransport/closeStatus`` says how.
            ///
            /// - Throws: ``ClientError`` with ``ClientError/Code/connectionLost``; `CancellationError` if the task is
            ///   cancelled.
            public mutating func next() async throws -> Message? {
                if let message = try await base.next() { return message }
                closure.record(.lost)  // unless there is a better reason
                guard closure.status != .lost else {
                    throw ClientError(
                        .connectionLost, "The connection to the server was lost: it ended without a close frame.")
                }
                return nil
            }
        }

        /// Reads from the first message on that nobody has read.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(base: stream.makeAsyncIterator(), closure: closure)
        }
    }
}
