import Foundation
public import Logging
import NIOCore
public import RealtimeProtocol
public import SessionCore
public import SpeechEngines
public import Tracing

/// Holds a conversation with each client: what stands behind the Realtime paths.
public final class Conversations: RealtimeSessionHandler {
    private let rules: Session.Rules
    private let recordings: RecordingFolder?
    private let suppressesEcho: Bool
    private let tracer: any Tracer
    /// The times of the latest answers.
    public let turns: TurnLog? = TurnLog()
    /// What answers; the server lets nobody in before it is there.
    public let engines = EngineShelf()

    /// Conversations by these rules.
    ///
    /// - Parameters:
    ///   - recordings: where each is written down, if anywhere.
    ///   - suppressesEcho: whether the echo of what is said to a client is taken out of what it hears.
    ///   - tracer: is told of each answer.
    public init(
        rules: Session.Rules, recordings: RecordingFolder? = nil, suppressesEcho: Bool = false,
        tracer: any Tracer = InstrumentationSystem.tracer
    ) {
        self.rules = rules
        self.tracer = tracer
        self.suppressesEcho = suppressesEcho
        self.recordings = recordings
    }

    /// Gives the conversations the server's own engines.
    ///
    /// - Parameter preset: the preset that they are, if they are just that.
    public func use(_ engines: Cascade, preset: ServerConfiguration.Preset? = nil) {
        self.engines.put(own: engines, preset: preset)
    }

    /// How far the engines of a deployment are.
    public func state(of deployment: Deployment) -> (name: String, message: String?) {
        switch engines[deployment.engine] {
        case .ready: ("Succeeded", nil)
        case .loading: ("Creating", "The engines of the deployment \(deployment.name) are being loaded.")
        case .failed(let why): ("Failed", "The deployment \(deployment.name) has no engines: \(why)")
        }
    }

    /// Holds one conversation.
    public func serve(
        _ connection: WebSocketConnection, _ handshake: Handshake, meter: any SessionMeter, control: SessionControl,
        logger: Logger
    ) async throws {
        let deployment = handshake.deployment
        guard case .ready(let cascade) = engines[deployment?.engine] else {
            await connection.close(code: .tryAgainLater, reason: "The engines are being loaded.")
            return
        }
        let client = ClientConnection(connection: connection)
        if let refusal = Self.refusal(of: handshake) { return try await refuse(client, refusal) }
        let dialect = Dialect(handshake.dialect)
        let kind = handshake.secret?.kind ?? (handshake.intent == .transcription ? .transcription : .realtime)
        let head = Recording.Head(
            id: connection.id, dialect: dialect, kind: kind, settings: handshake.settings(for: dialect, kind),
            model: handshake.model ?? "gpt-realtime", startedAt: Self.now(), seed: .random(in: .min ... .max),
            rules: rules(for: cascade, deployment))
        guard let session = head.session else {
            return try await refuse(
                client,
                .invalidRequest(
                    "The settings of the client secret or of the deployment do not fit this connection. Make them for this kind"
                        + " of session.",
                    code: "invalid_value", param: "session"))
        }
        let recorder = recordings.map { folder in
            RecordingWriter(head, to: folder.sink(for: head.id, logger: logger), clock: Self.now)
        }
        let runner = SessionRunner(
            connection: client, cascade: cascade, suppressesEcho: suppressesEcho, meter: meter, control: control,
            clock: Self.now)
        let context = ServiceContext.current ?? .topLevel
        let speculation = try await runner.run(session, recorder: recorder) { [turns, tracer] timing in
            turns?.note(timing, session: head.id)
            timing.trace(tracer, in: context)
        }
        guard speculation.adopted + speculation.dropped > 0 else { return }
        turns?.note(speculation)
        logger.info(
            "answers begun early",
            metadata: [
                "adopted": "\(speculation.adopted)", "dropped": "\(speculation.dropped)",
                "wasted_tokens": "\(speculation.wastedTokens)", "saved_ms": "\(speculation.savedMs)",
            ])
    }

    /// The session that the settings of a client secret describe.
    public func describe(_ head: SessionHead) throws(RealtimeError) -> SessionConfiguration {
        guard case .ready(let cascade) = engines[nil] else { return try head.configuration(by: rules) }
        return try head.configuration(by: rules(for: cascade, nil))
    }

    private func rules(for cascade: Cascade, _ deployment: Deployment?) -> Session.Rules {
        var rules = rules
        rules.voices = cascade.synthesizer.voices
        if let offered = deployment?.voices, !offered.isEmpty {
            rules.voices = rules.voices.filter(offered.contains)
        }
        rules.languages = cascade.recognizer.languages
        rules.judgesTurnEnds = cascade.endOfTurn != nil
        return rules
    }

    /// What this server does not do yet.
    private static func refusal(of handshake: Handshake) -> RealtimeError? {
        if handshake.callID != nil {
            return .invalidRequest(
                "There is no call to join: this server does not offer WebRTC or SIP yet.", code: "unsupported",
                param: "call_id")
        }
        return nil
    }

    private func refuse(_ client: ClientConnection, _ error: RealtimeError) async throws {
        let event = ServerEvent(eventID: "event_refused", .error(ErrorEvent(error: error)))
        if let message = Dialect(Dialect.Name.ga).encode(event)?.bytes { try await client.send([message]) }
        await client.close(code: 4000, reason: "\(error.type).\(error.code ?? "")")
    }

    /// Unix milliseconds.
    @Sendable private static func now() -> Int { Int(Date().timeIntervalSince1970 * 1000) }
}

extension Handshake {
    /// What the session begins with, as a connection of this dialect may have it: the deployment's settings, and over them the
    /// client secret's.
    fileprivate func settings(for dialect: RealtimeProtocol.Dialect, _ kind: SessionConfiguration.Kind) -> JSONValue? {
        var settings = JSONObject()
        if let deployment, kind == .realtime {
            settings = deployment.session
            if let voice = deployment.voices.first, settings["audio"]?["output"]?["voice"] == nil {
                settings = settings.merging(["audio": ["output": ["voice": .string(voice)]]])
            }
        }
        if let secret = secret?.settings.object { settings = settings.merging(secret) }
        guard !settings.members.isEmpty else { return nil }
        settings = settings.withType(kind)
        // GA has none.
        if dialect.name == .ga { settings["temperature"] = nil }
        return .object(settings)
    }
}

extension JSONObject {
    /// These members with those of `other` over them, objects within them alike.
    func merging(_ other: JSONObject) -> JSONObject {
        var merged = self
        for member in other.members {
            if case .object(let below)? = merged[member.name], case .object(let above) = member.value {
                merged[member.name] = .object(below.merging(above))
            } else {
                merged[member.name] = member.value
            }
        }
        return merged
    }

    /// A session's settings, which tell what kind of session they are for.
    func withType(_ kind: SessionConfiguration.Kind = .realtime) -> JSONObject {
        guard self["type"] == nil else { return self }
        return (["type": .string(kind.rawValue)] as JSONObject).merging(self)
    }
}

extension Dialect {
    /// The dialect that a handshake chose.
    init(_ handshake: Handshake.Dialect) {
        switch handshake {
        case .ga: self.init(Name.ga)
        case .previewMarked: self.init(Name.preview(nil))
        case .preview(let version): self.init(Name.preview(APIVersion.dialect(of: version)))
        }
    }
}

/// A WebSocket, as a session needs it.
struct ClientConnection: SessionConnection {
    let connection: WebSocketConnection

    func receive(_ take: @escaping @Sendable (Result<ClientMessage?, any Error>) -> Void) {
        connection.receive { result in
            take(
                result.map { message in
                    switch message {
                    case .text(let buffer)?: .text(Array(buffer.readableBytesView))
                    case .binary?: .binary
                    case nil: nil
                    }
                })
        }
    }

    func send(_ texts: [[UInt8]]) async throws {
        try await connection.send(texts: texts.map { ByteBuffer(bytes: $0) })
    }

    func close(code: Int, reason: String) async {
        await connection.close(code: CloseCode(rawValue: UInt16(clamping: code)), reason: reason)
    }
}
