public import Logging
public import RealtimeProtocol
public import SessionCore

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
    ///   - meter: counts what is used, and may refuse answers.
    ///   - control: by which the server speaks into the session: to end it, when its token has expired.
    ///   - logger: carries the session's id, route and dialect.
    func serve(
        _ connection: WebSocketConnection, _ handshake: Handshake, meter: any SessionMeter, control: SessionControl,
        logger: Logger
    ) async throws

    /// A session with these settings, as it would begin: what a client secret is given out for.
    ///
    /// - Throws: what is wrong with the settings.
    func describe(_ head: SessionHead) throws(RealtimeError) -> SessionConfiguration

    /// How far what answers in a deployment is: `Succeeded`, `Creating` or `Failed`, and why it is not there.
    func state(of deployment: Deployment) -> (name: String, message: String?)

    /// The times of the latest answers, which `GET /admin/turns` shows; `nil` if nobody takes them.
    var turns: TurnLog? { get }
}

extension RealtimeSessionHandler {
    /// Nobody takes them.
    public var turns: TurnLog? { nil }

    /// It is there.
    public func state(of deployment: Deployment) -> (name: String, message: String?) { ("Succeeded", nil) }
}

/// What a session is made from before anybody connects.
public struct SessionHead: Sendable, Hashable {
    /// The shape of the settings.
    public var dialect: Handshake.Dialect
    /// What the session is for.
    public var kind: SessionConfiguration.Kind
    /// The model or deployment.
    public var model: String
    /// What a `session.update` of the dialect would hold as its `session`.
    public var settings: JSONValue
}

extension RealtimeSessionHandler {
    /// By the default rules.
    public func describe(_ head: SessionHead) throws(RealtimeError) -> SessionConfiguration {
        try head.configuration(by: Session.Rules())
    }
}

extension SessionHead {
    /// The session as it would begin.
    func configuration(by rules: Session.Rules) throws(RealtimeError) -> SessionConfiguration {
        var session = Session(
            id: Identifier.session(), dialect: Dialect(dialect), kind: kind, model: model, rules: rules,
            startedAt: 0, seed: 0)
        try session.prepare(with: settings)
        var configuration = session.configuration
        configuration.expiresAt = 0  // it has not begun
        return configuration
    }
}
