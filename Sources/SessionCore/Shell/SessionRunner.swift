import AsyncAlgorithms
import AudioDSP
import RealtimeProtocol
public import SpeechEngines

/// Runs one ``Session`` for one client.
///
/// One task owns the session, its audio and the writing side of the connection, so nothing is locked and nothing is
/// awaited between an input and its effects. Engines work in children that know only what they were asked and report
/// through the mailbox. The mailbox holds nothing: whoever has something to say waits until it is taken, so a client
/// that sends too fast is held back by its own socket, and an engine by its listener.
public struct SessionRunner<Connection: SessionConnection>: Sendable {
    let connection: Connection
    let cascade: Cascade
    /// Unix milliseconds.
    let clock: @Sendable () -> Int
    let suppressesEcho: Bool

    /// A runner for one client.
    ///
    /// - Parameter suppressesEcho: whether the echo of what is said to the client is taken out of what it hears.
    public init(
        connection: Connection, cascade: Cascade, suppressesEcho: Bool = false, clock: @escaping @Sendable () -> Int
    ) {
        self.connection = connection
        self.cascade = cascade
        self.suppressesEcho = suppressesEcho
        self.clock = clock
    }

    /// Runs the session until the client leaves or it is closed.
    ///
    /// - Parameters:
    ///   - recorder: takes down all that happens.
    ///   - report: is given the times of each answer when it has ended.
    /// - Returns: what was gained and lost by preparing answers.
    /// - Throws: what the connection throws when it is lost.
    @discardableResult
    public func run(
        _ session: consuming Session, recorder: consuming (any SessionRecorder)? = nil,
        report: @escaping @Sendable (TurnTiming) -> Void = { _ in }
    ) async throws -> Session.Speculation {
        let mailbox = AsyncChannel<Mail>()
        let conversation = ConversationKey(session.configuration.id)
        var desk = SessionDesk(
            session: session, cascade: cascade, suppressesEcho: suppressesEcho, recorder: recorder, now: clock,
            report: report)
        let result: Result<Void, any Error>
        do {
            try await hold(mailbox, &desk)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // Also when the connection was lost: what the model keeps of a conversation goes with it.
        await cascade.languageModel.forget(conversation)
        try result.get()
        return desk.session.speculation
    }

    private func hold(_ mailbox: AsyncChannel<Mail>, _ desk: inout SessionDesk) async throws {
        defer { mailbox.finish() }
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask {
                defer { mailbox.finish() }
                for try await message in connection.messages { await mailbox.send(.client(message)) }
                await mailbox.send(.clientLeft)
            }
            var children = Children(mailbox: mailbox, cascade: cascade, clock: clock)
            desk.handle(.opened)
            try await perform(&desk, &children, in: &group)
            mail: for await mail in mailbox {
                switch mail {
                case .client(let message):
                    for piece in desk.pieces(of: message) {
                        await desk.admit(piece)
                        try await perform(&desk, &children, in: &group)
                    }
                case .clientLeft: break mail
                case .input(let input): desk.handle(input)
                case .sound(let id, let clause, let samples, let rate): desk.say(id, clause, samples, rate)
                }
                if try await perform(&desk, &children, in: &group) { break mail }
            }
            group.cancelAll()
        }
    }

    /// Carries out what the session wants. Returns whether that was to end.
    @discardableResult private func perform(
        _ desk: inout SessionDesk, _ children: inout Children,
        in group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws -> Bool {
        var messages: [[UInt8]] = []
        var farewell: (code: Int, reason: String)?
        for effect in desk.takeEffects() {
            switch effect {
            case .send, .sendAudio, .sendItem: if let message = desk.write(effect) { messages.append(message) }
            case .keep(let base64, let format): desk.keep(base64, format)
            case .forget(let track, let place): desk.forget(track, before: place)
            case .recognize(let recognition):
                children.recognize(recognition, desk.samples(of: recognition.audio), in: &group)
            case .judge(let item, let voicedUntil, let span):
                children.judge(item, voicedUntil, desk.samples(of: span), in: &group)
            case .prefill(let prompt): children.prefill(prompt, in: &group)
            case .generate(let id, let request): children.generate(id, request, isWanted: true, in: &group)
            case .prepare(let id, let request): children.generate(id, request, isWanted: false, in: &group)
            case .confirm(let id): children.confirm(id)
            case .cancel(let id): children.cancel(id)
            case .wake(let milliseconds): children.wake(afterMs: milliseconds, in: &group)
            case .close(let code, let reason): farewell = (code, reason)
            }
        }
        if !messages.isEmpty { try await connection.send(messages) }
        guard let farewell else { return false }
        await connection.close(code: farewell.code, reason: farewell.reason)
        return true
    }
}
