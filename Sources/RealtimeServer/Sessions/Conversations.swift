import Foundation
public import Logging
import NIOCore
import RealtimeProtocol
public import SessionCore
public import SpeechEngines
import Synchronization

/// Holds a conversation with each client: what stands behind the Realtime paths.
public final class Conversations: RealtimeSessionHandler {
    private let rules: Session.Rules
    private let recordings: RecordingFolder?
    /// Nothing until the engines are loaded; the server lets nobody in before.
    private let cascade = Mutex<Cascade?>(nil)

    /// Conversations by these rules.
    ///
    /// - Parameter recordings: where each is written down, if anywhere.
    public init(rules: Session.Rules, recordings: RecordingFolder? = nil) {
        self.rules = rules
        self.recordings = recordings
    }

    /// Gives the conversations their engines.
    public func use(_ engines: Cascade) { cascade.withLock { $0 = engines } }

    /// Holds one conversation.
    public func serve(_ connection: WebSocketConnection, _ handshake: Handshake, logger: Logger) async throws {
        guard let cascade = cascade.withLock({ $0 }) else {
            await connection.close(code: .tryAgainLater, reason: "The engines are being loaded.")
            return
        }
        var rules = rules
        rules.voices = cascade.synthesizer.voices
        rules.languages = cascade.recognizer.languages
        let (dialect, model) = (Dialect(handshake.dialect), handshake.model ?? "gpt-realtime")
        let (startedAt, seed) = (Self.now(), UInt64.random(in: .min ... .max))
        let session = Session(dialect: dialect, model: model, rules: rules, startedAt: startedAt, seed: seed)
        let runner = SessionRunner(
            connection: ClientConnection(connection: connection), cascade: cascade, clock: Self.now)
        guard let recordings else { return try await runner.run(session) }
        let head = Recording.Head(dialect: dialect, model: model, startedAt: startedAt, seed: seed, rules: rules)
        let sink = recordings.sink(for: session.configuration.id, logger: logger)
        try await runner.run(session, recorder: RecordingWriter(head, to: sink, clock: Self.now))
    }

    /// Unix milliseconds.
    @Sendable private static func now() -> Int { Int(Date().timeIntervalSince1970 * 1000) }
}

extension Dialect {
    /// The dialect that a handshake chose; a preview version that nobody knows is spoken to like the last one.
    init(_ handshake: Handshake.Dialect) {
        switch handshake {
        case .ga: self.init(Name.ga)
        case .previewMarked: self.init(Name.preview(nil))
        case .preview(let version): self.init(Name.preview(PreviewVersion(rawValue: version) ?? .april2025))
        }
    }
}

/// A WebSocket, as a session needs it.
struct ClientConnection: SessionConnection {
    let connection: WebSocketConnection

    var messages: Messages { Messages(base: connection.messages) }

    func send(_ texts: [[UInt8]]) async throws {
        try await connection.send(texts: texts.map { ByteBuffer(bytes: $0) })
    }

    func close(code: Int, reason: String) async {
        await connection.close(code: CloseCode(rawValue: UInt16(clamping: code)), reason: reason)
    }

    struct Messages: AsyncSequence {
        let base: WebSocketConnection.Messages

        struct AsyncIterator: AsyncIteratorProtocol {
            var base: WebSocketConnection.Messages.AsyncIterator

            mutating func next() async throws -> ClientMessage? {
                switch try await base.next() {
                case .text(let buffer)?: .text(Array(buffer.readableBytesView))
                case .binary?: .binary
                case nil: nil
                }
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator()) }
    }
}
