/// What carries the messages of a connection: a WebSocket, or something in its place in a test.
public protocol RealtimeTransport: Sendable {
    /// The messages of the server, in order.
    associatedtype Messages: AsyncSequence<WebSocketTransport.Message, any Error> & Sendable

    /// What the server sends, for one reader. Nothing is read while nobody asks. It ends when either side closes; a
    /// connection that breaks throws ``ClientError``.
    var messages: Messages { get }
    /// The header fields of the server's answer to the handshake.
    var responseHeaders: [Header] { get }
    /// How the connection was closed; `nil` while it is open.
    var closeStatus: CloseStatus? { get }

    /// Sends a text message given as UTF-8; suspends while the server reads too slowly.
    func send(utf8 bytes: [UInt8]) async throws
    /// Closes after everything sent before.
    func close(code: UInt16, reason: String) async
}

extension WebSocketTransport: RealtimeTransport {}
