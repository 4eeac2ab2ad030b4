public import Logging

/// What serves a session once its WebSocket is open.
public protocol RealtimeSessionHandler: Sendable {
    /// Serves one session, from the first event to the last.
    ///
    /// The server closes the connection when this returns (1000 unless it was closed with another code) or throws
    /// (1011). When the peer goes away or the server shuts down, ``WebSocketConnection/messages`` ends; then this must
    /// return soon.
    ///
    /// - Parameters:
    ///   - connection: the open WebSocket.
    ///   - handshake: what the client asked for; its credential and its model are known to be good.
    ///   - logger: carries the session's id, route and dialect.
    func serve(_ connection: WebSocketConnection, _ handshake: Handshake, logger: Logger) async throws
}
