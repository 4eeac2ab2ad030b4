public import RealtimeClient
public import RealtimeProtocol
import Synchronization

/// A transport between a client and a test that plays the server, without a socket.
///
/// ```swift
/// let server = InProcessTransport()
/// let connection = RealtimeConnection(over: server)
/// server.send(["type": "session.created", "event_id": "event_1", "session": [:]])
/// let update = await server.received()  // what the client sent
/// ```
public final class InProcessTransport: RealtimeTransport {
    /// What the test has sent, for the client.
    public let messages: AsyncThrowingStream<WebSocketTransport.Message, any Error>
    /// What a handshake would have answered.
    public let responseHeaders: [Header]

    private let toClient: AsyncThrowingStream<WebSocketTransport.Message, any Error>.Continuation
    private let fromClient: AsyncStream<JSONValue>
    private let toServer: AsyncStream<JSONValue>.Continuation
    private let status = Mutex<CloseStatus?>(nil)

    /// An open transport.
    public init(responseHeaders: [Header] = []) {
        self.responseHeaders = responseHeaders
        (messages, toClient) = AsyncThrowingStream.makeStream()
        (fromClient, toServer) = AsyncStream.makeStream()
    }

    // MARK: The client's side

    /// How it was closed.
    public var closeStatus: CloseStatus? { status.withLock(\.self) }

    /// Hands a message to the test.
    public func send(utf8 bytes: [UInt8]) async throws {
        if let status = closeStatus {
            throw ClientError(
                .connectionClosed, "The transport is closed (\(status.code)); nothing more can be sent on it.")
        }
        toServer.yield(try JSONValue(parsing: String(decoding: bytes, as: UTF8.self)))
    }

    /// Closes from the client's side.
    public func close(code: UInt16, reason: String) async { close(CloseStatus(code: code, reason: reason)) }

    // MARK: The test's side

    /// The next event of the client; `nil` when it has closed.
    public func received() async -> JSONValue? { await fromClient.first { _ in true } }

    /// Sends an event to the client.
    public func send(_ event: JSONValue) { send(text: String(decoding: event.bytes, as: UTF8.self)) }

    /// Sends any text to the client.
    public func send(text: String) { toClient.yield(.text(text)) }

    /// Closes from the server's side.
    public func close(_ closing: CloseStatus) {
        status.withLock { $0 = $0 ?? closing }
        toClient.finish()
        toServer.finish()
    }

    /// Breaks the connection.
    public func breakOff() {
        status.withLock { $0 = $0 ?? CloseStatus(code: 1006) }
        toClient.finish(throwing: ClientError(.connectionLost, "The connection was lost."))
        toServer.finish()
    }
}
