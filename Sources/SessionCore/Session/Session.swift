public import RealtimeProtocol

/// One conversation, as a value.
///
/// A session has no clock, socket, task, lock or random source, and holds no audio. Everything that happens to it
/// arrives through ``handle(_:into:)``, and everything it wants done leaves as an ``Effect``. The same inputs therefore
/// always give the same effects: a recorded session can be replayed, and a test reads like a transcript.
///
/// The rules stand in extensions, one for each thing a session keeps: `Session+Turn`, `Session+Response`,
/// `Session+Conversation`, `Session+Configuration`.
public struct Session: Sendable {
    /// Everything that can be set.
    public internal(set) var configuration: SessionConfiguration
    /// The shape in which the client speaks.
    public internal(set) var dialect: Dialect

    let rules: Rules
    let conversationID: String
    var ids: IDSource
    var items: [Entry] = []
    var turn = Turn()
    /// What is being made: at most one response in the conversation, any number beside it.
    var responses: [OpenResponse] = []
    /// The tokens that may still be used, as far as the session was told.
    var allowance: RateLimit?
    /// Whether a turn ended while a response was being made that may not be interrupted: one answer follows for all.
    var answerIsOwed = false
    /// The turns to which no answer has begun.
    var unanswered: [ItemID] = []
    /// The answer to a turn that may be over.
    var prepared: Prepared?
    /// What has been gained and lost by preparing answers.
    public internal(set) var speculation = Speculation()
    /// A client's request that came between a function call and the end of its response: it follows that end.
    var heldRequest: ResponseParameters?
    /// How much of each track there has been, and how much is still kept.
    var heard = Track()
    var said = Track()
    var given = Track()
    /// How often the recognizer has been asked: tells its answers apart.
    var attempts = 0

    /// What an operator decides.
    public struct Rules: Equatable, Sendable, Codable {
        /// The most milliseconds of audio kept, heard and said together.
        public var audioLimitMs = 600_000
        /// The longest session.
        public var sessionLimitMs = 3_600_000
        /// The voices there are; any other name stands for the default, or is refused in the preview dialect.
        public var voices: [String] = []
        /// ISO 639-1 codes that the recognizer understands.
        public var languages: [String] = ["en"]
        /// Whether a cut answer shows the words that were heard. The original service shows none
        /// (protocol.md C.10); the model remembers them either way.
        public var showsHeardWords = true
        /// Whether an engine judges by sound that a speaker has finished.
        public var judgesTurnEnds = false
        /// Whether an answer is begun while the user only pauses.
        public var speculates = true
        /// The defaults.
        public init() {}
    }

    /// A session that nobody has spoken to yet.
    ///
    /// - Parameters:
    ///   - id: its name, which logs and recordings bear too.
    ///   - kind: what it is for; that never changes.
    ///   - model: the name by which the client asked for it.
    ///   - startedAt: Unix milliseconds.
    ///   - seed: what its identifiers are made from.
    public init(
        id: String, dialect: Dialect, kind: SessionConfiguration.Kind = .realtime, model: String,
        rules: Rules = Rules(), startedAt: Int, seed: UInt64
    ) {
        var ids = IDSource(seed: seed)
        self.dialect = dialect
        self.rules = rules
        configuration = SessionConfiguration(
            kind, id: id, model: model, instructions: Self.defaultInstructions,
            expiresAt: (startedAt + rules.sessionLimitMs) / 1000, temperature: dialect.defaultTemperature)
        conversationID = ids.next("conv_")
        self.ids = ids
    }

    /// What the model is told unless the client says otherwise.
    public static let defaultInstructions = """
        You are a friendly, helpful voice assistant. Answer in one or two short spoken sentences, in plain words, \
        without lists, markdown or code. If you do not know something, say so.
        """

    /// Sets what the client has set elsewhere, before the session is opened: a client secret carries such settings.
    ///
    /// - Parameter settings: what a `session.update` of this dialect holds as its `session`.
    /// - Throws: what that update would be answered with.
    public mutating func prepare(with settings: JSONValue) throws(RealtimeError) {
        let isPreviewTranscription = dialect.name != .ga && configuration.type == .transcription
        let type: JSONValue = isPreviewTranscription ? "transcription_session.update" : "session.update"
        guard case .sessionUpdate(let update) = try dialect.decode(["type": type, "session": settings]).body else {
            return
        }
        var unsaid: [Effect] = []
        do throws(RealtimeError) {
            try apply(update.session, into: &unsaid)
        } catch {
            throw dialect.inOwnWords(error)
        }
    }

    /// Lets something happen, and adds what follows from it to `effects`.
    public mutating func handle(_ input: Input, into effects: inout [Effect]) {
        switch input {
        case .opened:
            send(.sessionCreated(SessionEvent(session: configuration)), into: &effects)
            effects.append(.wake(afterMs: rules.sessionLimitMs))
        case .message(let message):
            // Whatever it is, it may change what the answer should be.
            dropPrepared(into: &effects)
            do {
                try handle(try dialect.decode(message), into: &effects)
            } catch {
                send(error, into: &effects)
            }
        case .unreadable(let error): send(error, into: &effects)
        case .audio(let arrival): hear(arrival, into: &effects)
        case .recognized(let result): understand(result, into: &effects)
        case .judged(let judgement): take(judgement, into: &effects)
        case .generation(let id, let event): handle(event, of: id, into: &effects)
        case .time(let now): expire(at: now, into: &effects)
        case .allowance(let tokens): allowance = tokens
        case .notice(let notice): tell(notice, into: &effects)
        }
    }

    private mutating func handle(_ event: ClientEvent, into effects: inout [Effect]) throws(RealtimeError) {
        do throws(RealtimeError) {
            switch event.body {
            case .sessionUpdate(let update): try apply(update.session, into: &effects)
            case .inputAudioBufferAppend: break  // audio comes as `.audio`
            case .inputAudioBufferCommit: try commit(into: &effects)
            case .inputAudioBufferClear: clear(into: &effects)
            case .conversationItemCreate(let request): try create(request, into: &effects)
            case .conversationItemRetrieve(let reference): try retrieve(reference.itemID, into: &effects)
            case .conversationItemTruncate(let cut): try truncate(cut, into: &effects)
            case .conversationItemDelete(let reference): try delete(reference.itemID, into: &effects)
            case .responseCreate(let request):
                try respond(request.response ?? ResponseParameters(), automatically: false, into: &effects)
            case .responseCancel(let request): try cancel(request.responseID, into: &effects)
            case .outputAudioBufferClear:
                throw .unsupported(
                    "'output_audio_buffer.clear'",
                    "It belongs to WebRTC and SIP; on a WebSocket the client plays the answer, and stops it.",
                    param: "type")
            case .sessionInputAudioBufferAppend, .sessionClose:
                throw .unsupported("A translation session", "Use a session of type 'realtime'.", param: "type")
            }
        } catch {
            var error = error
            error.eventID = event.eventID
            throw dialect.inOwnWords(error)
        }
    }

    private mutating func expire(at now: Int, into effects: inout [Effect]) {
        guard now >= configuration.expiresAt * 1000 else {
            // A clock that was set back.
            effects.append(.wake(afterMs: configuration.expiresAt * 1000 - now))
            return
        }
        let message = "Your session hit the maximum duration of \(rules.sessionLimitMs / 60_000) minutes."
        send(.invalidRequest(message, code: "session_expired"), into: &effects)
        effects.append(.close(code: 1001, reason: message))
    }

    private mutating func tell(_ notice: SessionNotice, into effects: inout [Effect]) {
        send(notice.error, into: &effects)
        guard let code = notice.closeCode else { return }
        effects.append(.close(code: code, reason: notice.error.message))
    }

    // MARK: Saying something to the client

    mutating func send(_ body: ServerEvent.Body, into effects: inout [Effect]) {
        effects.append(.send(ServerEvent(eventID: EventID(rawValue: ids.next("event_")), body)))
    }

    mutating func send(_ error: RealtimeError, into effects: inout [Effect]) {
        send(.error(ErrorEvent(error: error)), into: &effects)
    }
}
