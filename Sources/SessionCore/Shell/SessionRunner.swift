import AudioDSP
import RealtimeProtocol
public import SpeechEngines

/// Runs one ``Session`` for one client.
///
/// One task owns the session, its audio and the writing side of the connection, so nothing is locked and nothing is
/// awaited between an input and its effects. Engines work in children that know only what they were asked and report
/// through the mailbox, where whoever has something to say waits until it is taken: a client that sends too fast is held
/// back by its own socket, and an engine by its listener.
public struct SessionRunner: Sendable {
    let connection: any SessionConnection
    let cascade: Cascade
    /// Unix milliseconds.
    let clock: @Sendable () -> Int
    let suppressesEcho: Bool
    let meter: (any SessionMeter)?
    let control: SessionControl?

    /// A runner for one client.
    ///
    /// - Parameters:
    ///   - suppressesEcho: whether the echo of what is said to the client is taken out of what it hears.
    ///   - meter: counts what is used, and may refuse answers.
    ///   - control: by which others speak into the session.
    ///   - clock: Unix milliseconds.
    public init(
        connection: any SessionConnection, cascade: Cascade, suppressesEcho: Bool = false,
        meter: (any SessionMeter)? = nil, control: SessionControl? = nil, clock: @escaping @Sendable () -> Int
    ) {
        self.connection = connection
        self.cascade = cascade
        self.suppressesEcho = suppressesEcho
        self.meter = meter
        self.control = control
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
        let mailbox = Mailbox()
        let conversation = ConversationKey(session.configuration.id)
        var desk = SessionDesk(
            session: session, cascade: cascade, suppressesEcho: suppressesEcho, recorder: recorder, meter: meter,
            now: clock,
            report: report)
        let result: Result<Void, any Error>
        do {
            try await withTaskCancellationHandler {
                try await hold(mailbox, &desk)
            } onCancel: {
                mailbox.close()
            }
            try Task.checkCancellation()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        // Also when the connection was lost: what the model keeps of a conversation goes with it.
        await cascade.languageModel.forget(conversation)
        try result.get()
        return desk.session.speculation
    }

    private func hold(_ mailbox: Mailbox, _ desk: inout SessionDesk) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            // Before the group waits for its children: some of them wait for the mailbox.
            defer {
                control?.close()
                mailbox.close()
            }
            receive(into: mailbox)
            control?.open { mailbox.post(.input(.notice($0))) }
            var children = Children(mailbox: mailbox, cascade: cascade, meter: meter, clock: clock)
            desk.handle(.opened)
            try await say(perform(&desk, &children, in: &group))
            mail: while let mail = await mailbox.next() {
                switch mail {
                case .client(let message):
                    for piece in desk.pieces(of: message) {
                        await desk.admit(piece)
                        let words = perform(&desk, &children, in: &group)
                        if !words.isEmpty, try await say(words) { break mail }
                    }
                    continue
                case .clientLeft(let error?): throw error
                case .clientLeft(nil): break mail
                case .input(let input): desk.handle(input)
                case .sound(let id, let clause, let samples, let rate): desk.say(id, clause, samples, rate)
                }
                let words = perform(&desk, &children, in: &group)
                if !words.isEmpty, try await say(words) { break mail }
            }
            group.cancelAll()
        }
    }

    /// One message of the client after another.
    private func receive(into mailbox: Mailbox) {
        connection.receive { result in
            switch result {
            case .success(let message?): mailbox.post(.client(message)) { receive(into: mailbox) }
            case .success(nil): mailbox.post(.clientLeft(nil))
            case .failure(let error): mailbox.post(.clientLeft(error))
            }
        }
    }

    /// What is to be said to the client.
    private struct Words {
        var messages: [[UInt8]] = []
        var farewell: (code: Int, reason: String)?
        var isEmpty: Bool { messages.isEmpty && farewell == nil }
    }

    /// Says it. Returns whether it was the end.
    @discardableResult private func say(_ words: Words) async throws -> Bool {
        if !words.messages.isEmpty { try await connection.send(words.messages) }
        guard let farewell = words.farewell else { return false }
        await connection.close(code: farewell.code, reason: farewell.reason)
        return true
    }

    /// Carries out what the session wants, but for what is to be said.
    private func perform(
        _ desk: inout SessionDesk, _ children: inout Children, in group: inout Children.Group
    ) -> Words {
        var words = Words()
        for effect in desk.takeEffects() {
            switch effect {
            case .send, .sendAudio, .sendItem: if let message = desk.write(effect) { words.messages.append(message) }
            case .keep(let base64, let format): desk.keep(base64, format)
            case .forget(let track, let place): desk.forget(track, before: place)
            case .recognize(let recognition):
                children.recognize(recognition, desk.samples(of: recognition.audio), in: &group)
            case .judge(let item, let voicedUntil, let span):
                children.judge(item, voicedUntil, desk.samples(of: span), in: &group)
            case .prefill(let prompt): children.prefill(prompt, in: &group)
            case .generate(let id, let request):
                children.generate(id, request, isWanted: true, unless: meter?.refusal, in: &group)
            case .prepare(let id, let request):
                children.generate(id, request, isWanted: false, unless: meter?.refusal, in: &group)
            case .confirm(let id): children.confirm(id)
            case .cancel(let id): children.cancel(id)
            case .wake(let milliseconds): children.wake(afterMs: milliseconds, in: &group)
            case .close(let code, let reason): words.farewell = (code, reason)
            }
        }
        return words
    }
}
