import RealtimeProtocol
import Synchronization

/// What goes on behind a ``RealtimeSession``: one task reads events and hands them to those who wait.
final class LiveSession: Sendable {
    typealias Happening = EventAssembly.Happening

    private struct State {
        var assembly: EventAssembly
        var requests = PendingRequests()
        var connection: RealtimeConnection?
        var reader: Task<Void, Never>?
        /// Turns that the service will answer by itself; their responses are nobody's request.
        var owedResponses = 0
        /// What was changed of the session, to be said again on a new connection.
        var patches: [SessionPatch] = []
        /// What the service complained of, if it has said nothing since: most likely why it then closes.
        var complaint: RealtimeError?
        var end: ClientError?
        var isClosing = false
    }

    let options: RealtimeSession.Options
    private let connect: @Sendable () async throws -> RealtimeConnection
    private let events: AsyncThrowingStream<RealtimeSession.Event, any Error>.Continuation
    private let state: Mutex<State>
    /// The `metadata` by which a response is known to whom it belongs.
    static let requestKey = "client_event_id"

    init(
        options: RealtimeSession.Options, connect: @escaping @Sendable () async throws -> RealtimeConnection,
        events: AsyncThrowingStream<RealtimeSession.Event, any Error>.Continuation
    ) {
        self.options = options
        self.connect = connect
        self.events = events
        // Set below, when there is a session to stop responses of.
        let weak = WeakSession()
        state = Mutex(State(assembly: EventAssembly { try await weak.session?.cancel($0) }))
        weak.set(self)
    }

    // MARK: Reading

    func assembly<Value: Sendable>(_ read: (EventAssembly) -> Value) -> Value {
        state.withLock { read($0.assembly) }
    }

    var requestID: String { state.withLock { $0.connection?.requestID } ?? "" }

    private var connection: RealtimeConnection {
        get throws {
            try state.withLock { state in
                if let end = state.end { throw end }
                guard let connection = state.connection else {
                    throw ClientError(.connectionLost, "The session has no connection at the moment; try again soon.")
                }
                return connection
            }
        }
    }

    /// Connects, and returns when the service has described the session.
    func begin() async throws {
        let connection = try await connect()
        let created = Chunks<Void>()
        state.withLock { state in
            state.connection = connection
            state.requests.add("", to: created) { if case .event(.sessionCreated) = $0 { () } else { nil } }
        }
        let reader = Task { await self.read(connection) }
        state.withLock { $0.reader = reader }
        let timer = Task {
            try await Task.sleep(for: options.replyTime)
            created.finish(
                throwing: ClientError(
                    .timedOut, "The server opened a WebSocket and sent no session.created. Is it a Realtime service?"))
        }
        defer { timer.cancel() }
        do {
            _ = try await created.first()
        } catch {
            await close()
            throw error
        }
        guard !options.tools.isEmpty else { return }
        var patch = SessionPatch()
        patch.type = .realtime
        patch.tools = options.tools.map { .function($0.definition) }
        _ = try await configure(patch)
    }

    private func read(_ first: RealtimeConnection) async {
        var connection = first
        // Tries since a session last stood: a service that lets in and throws out is not tried for ever.
        var attempts = 0
        while true {
            var failure: (any Error)?
            do {
                for try await event in connection.events {
                    if event.event?.kind == .sessionCreated { attempts = 0 }
                    handle(event)
                }
            } catch {
                failure = error
            }
            guard let next = await reconnect(after: failure, connection.closeStatus, &attempts) else {
                return end(with: failure, connection.closeStatus)
            }
            connection = next
        }
    }

    private func handle(_ event: ReceivedEvent) {
        guard let body = event.body else {
            events.yield(.unknown(event))
            return
        }
        let (happening, isAnswer) = state.withLock { state -> (Happening, Bool) in
            state.complaint = nil
            if case .error(let event) = body {
                state.complaint = event.error
                return (.event(body), state.requests.fail(with: event.error))
            }
            let happening = state.assembly.handle(body)
            switch happening {
            case .inputCommitted:
                let isAnswer = state.requests.answer(with: happening)
                if !isAnswer, state.assembly.configuration?.audio.input.turnDetection?.createsResponse == true {
                    state.owedResponses += 1
                }
                return (happening, isAnswer)
            case .responseStarted(let response):
                let isMarked = response.beginning.metadata?[Self.requestKey] != nil
                if !isMarked, state.owedResponses > 0 {
                    state.owedResponses -= 1
                    return (happening, false)
                }
                return (happening, state.requests.answer(with: happening))
            default: return (happening, state.requests.answer(with: happening))
            }
        }
        switch happening {
        case .inputStarted(let item):
            events.yield(.inputAudio(item))
            interrupt()
        case .responseStarted(let response): if !isAnswer { events.yield(.response(response)) }
        case .responseDone(let open, let response): if let open { carryOut(response, of: open) }
        case .event(.error(let event)): if !isAnswer { events.yield(.error(event.error)) }
        default: break
        }
    }

    // MARK: Asking

    /// Sends an event and waits for what `read` makes of the answer.
    @discardableResult
    func request<Answer: Sendable>(
        _ body: ClientEvent.Body, eventID: String = RandomName.make("event"),
        read: @escaping @Sendable (Happening) -> Answer?
    ) async throws -> Answer {
        let connection = try connection
        let reply = Chunks<Answer>()
        try state.withLock { state in
            if let end = state.end { throw end }  // it may have come meanwhile, and nobody would end this request
            state.requests.add(eventID, to: reply, read: read)
        }
        defer { state.withLock { $0.requests.remove(eventID) } }
        try await connection.send(ClientEvent(eventID: eventID, body))
        let timer = Task {
            try await Task.sleep(for: options.replyTime)
            reply.finish(
                throwing: ClientError(.timedOut, "The service did not answer a request within \(options.replyTime)."))
        }
        defer { timer.cancel() }
        guard let answer = try await reply.first() else {
            throw ClientError(.connectionLost, "The session ended before the service had answered.")
        }
        return answer
    }

    func configure(_ patch: SessionPatch) async throws -> SessionConfiguration {
        let session = try await request(.sessionUpdate(SessionUpdate(session: patch))) {
            if case .event(.sessionUpdated(let event)) = $0 { event.session } else { nil }
        }
        state.withLock { $0.patches.append(patch) }
        return session
    }

    func send(audio: [UInt8]) async throws {
        let connection = try connection
        // A message of at most a second: the service works while the next one travels.
        for start in stride(from: 0, to: audio.count, by: 48_000) {
            try await connection.send(audio: Array(audio[start..<min(start + 48_000, audio.count)]))
        }
    }

    func generateResponse(_ parameters: ResponseParameters?) async throws -> RealtimeResponse {
        let eventID = RandomName.make("event")
        var parameters = parameters
        // The first preview knows no metadata.
        if try connection.dialect.name != .preview(.october2024) {
            var marked = parameters ?? ResponseParameters()
            var metadata = marked.metadata?.object ?? JSONObject()
            metadata[Self.requestKey] = .string(eventID)
            marked.metadata = .object(metadata)
            parameters = marked
        }
        return try await request(.responseCreate(ResponseCreate(response: parameters)), eventID: eventID) {
            guard case .responseStarted(let response) = $0 else { return nil }
            let mark = response.beginning.metadata?[Self.requestKey]?.string
            return mark == nil || mark == eventID ? response : nil
        }
    }

    func cancel(_ id: ResponseID) async throws {
        let connection = try connection
        // The first preview knows no `response_id`.
        let named = connection.dialect.name == .preview(.october2024) ? nil : id
        try await connection.send(ClientEvent(.responseCancel(ResponseCancel(responseID: named))))
    }

    func truncate(_ heard: RealtimeSession.Heard) async throws {
        let cut = ItemTruncation(
            itemID: heard.itemID, contentIndex: heard.contentIndex, audioEndMs: heard.milliseconds)
        try await request(.conversationItemTruncate(cut)) {
            if case .event(.conversationItemTruncated(let event)) = $0, event.itemID == heard.itemID { () } else { nil }
        }
    }

    // MARK: What happens by itself

    /// The user speaks over an answer: what was not heard is taken out of the conversation.
    private func interrupt() {
        guard let interruption = options.interruption else { return }
        Task {
            guard var heard = await interruption() else { return }
            // More than has arrived cannot have been heard, and the service refuses it.
            if let spoken = assembly(\.lastSpoken), spoken.item == heard.itemID {
                heard.milliseconds = min(heard.milliseconds, spoken.receivedMs)
            }
            try? await truncate(heard)
        }
    }

    /// Carries out the calls of a response that tools are there for, and asks the model to go on.
    private func carryOut(_ response: Response, of open: RealtimeResponse) {
        let calls = response.output.compactMap { item -> (CallID, RealtimeTool, String)? in
            guard case .functionCall(let callID, let name, let arguments) = item.body,
                let tool = options.tools.first(where: { $0.definition.name == name })
            else { return nil }
            return (callID, tool, arguments)
        }
        guard response.status == .completed, !calls.isEmpty else { return open.following.finish() }
        let wanted = response.output.count { if case .functionCall = $0.body { true } else { false } }
        Task {
            do {
                let outputs = await withTaskGroup(of: (Int, String).self) { group in
                    for (index, call) in calls.enumerated() {
                        group.addTask { (index, await call.1.perform(call.2)) }
                    }
                    return await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
                }
                for (index, call) in calls.enumerated() {
                    let id = ItemID(rawValue: RandomName.make("item"))
                    let item = Item(
                        id: id, body: .functionCallOutput(callID: call.0, output: outputs[index] ?? ""))
                    try await request(.conversationItemCreate(ConversationItemCreate(item: item))) {
                        if case .event(.conversationItemAdded(let event)) = $0, event.item.id == id { () } else { nil }
                    }
                }
                // Somebody else answers the others, and asks the model then.
                guard calls.count == wanted else { return open.following.finish() }
                let next = try await generateResponse(nil)
                open.following.append(next)
                open.following.finish()
                events.yield(.response(next))
            } catch {
                open.following.finish(throwing: error)
            }
        }
    }

    // MARK: Endings

    private func reconnect(
        after failure: (any Error)?, _ status: CloseStatus?, _ attempts: inout Int
    ) async -> RealtimeConnection? {
        guard let plan = options.reconnection, state.withLock({ !$0.isClosing }), Self.canReconnect(status) else {
            return nil
        }
        let lost = ClientError(
            .connectionLost, "The connection to the service broke; the session is being set up again.", cause: failure)
        let (patches, items) = state.withLock { state in
            state.connection = nil
            state.owedResponses = 0
            state.requests.failAll(lost)
            state.assembly.finishAll(throwing: lost)
            return (state.patches, state.assembly.conversation.inWords)
        }
        while attempts < plan.attempts {
            // Doubled each time; the shift is bounded so that it cannot overflow.
            if attempts > 0 { try? await Task.sleep(for: min(plan.pause * (1 << min(attempts - 1, 20)), .seconds(30))) }
            attempts += 1
            if Task.isCancelled { return nil }
            guard let connection = try? await connect() else { continue }
            do {
                for patch in patches {
                    try await connection.send(ClientEvent(.sessionUpdate(SessionUpdate(session: patch))))
                }
                for item in items {
                    try await connection.send(
                        ClientEvent(.conversationItemCreate(ConversationItemCreate(item: item))))
                }
            } catch {
                continue
            }
            let isClosing = state.withLock { state in
                state.connection = connection
                return state.isClosing
            }
            // Closed while it came up: whoever closed did not know of it.
            if isClosing {
                await connection.close()
                return nil
            }
            events.yield(.reconnected)
            return connection
        }
        return nil
    }

    /// Closures after which a new connection may do better (protocol.md I).
    static func canReconnect(_ status: CloseStatus?) -> Bool {
        [1001, 1005, 1006, 1011, 1012, 1013, 1015].contains(status?.code ?? 1006)
    }

    private func end(with failure: (any Error)?, _ status: CloseStatus?) {
        let isClosing = state.withLock { $0.isClosing }
        let shown = status.map { " (\($0.code)\($0.reason.isEmpty ? "" : ", \($0.reason)"))" } ?? ""
        let complaint = status?.code == 1000 ? nil : state.withLock(\.complaint)
        let error =
            failure as? ClientError
            ?? ClientError(
                .connectionClosed,
                "\(complaint.map { $0.message + " " } ?? "")The session has ended\(shown). Connect again.",
                error: complaint, cause: failure)
        state.withLock { state in
            state.end = error
            state.requests.failAll(error)
            state.assembly.finishAll(throwing: error)
        }
        let isOnPurpose = isClosing || failure == nil && status?.code == 1000
        events.finish(throwing: isOnPurpose ? nil : error)
    }

    func close() async {
        let (connection, reader) = state.withLock { state in
            state.isClosing = true
            return (state.connection, state.reader)
        }
        await connection?.close()
        reader?.cancel()
        await reader?.value
    }

    /// Closes without waiting.
    func abandon() {
        Task { await close() }
    }
}

/// Breaks the circle between a session and the responses that can be stopped through it.
private final class WeakSession: Sendable {
    private let reference = Mutex<Weak>(Weak())

    private struct Weak: Sendable {
        weak var session: LiveSession?
    }

    var session: LiveSession? { reference.withLock(\.session) }
    func set(_ session: LiveSession) { reference.withLock { $0.session = session } }
}
