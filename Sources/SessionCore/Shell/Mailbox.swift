import Synchronization

/// What reaches a session's task, in order.
///
/// It doesn't fill: who has something to say waits until it was taken. For one reader. A channel of a library does the same
/// by suspending both sides; at a hundred messages a second in each session it counts that here a letter for a waiting
/// reader costs one hand-over.
final class Mailbox: Sendable {
    private struct State {
        /// A letter a sender at most.
        var letters: [(mail: Mail, sender: Sender)] = []
        var reader: Reader?
        var isClosed = false
    }

    private typealias Reader = UnsafeContinuation<Mail?, Never>
    /// Is told once that its letter was taken, or that nobody will take it.
    typealias Sender = @Sendable () -> Void

    private let state = Mutex(State())

    /// Puts a letter in.
    ///
    /// - Returns: whether it will be taken: not when the mailbox is closed.
    @discardableResult
    func post(_ mail: Mail, whenTaken sender: @escaping Sender = {}) -> Bool {
        let (isOpen, reader) = state.withLock { state in
            guard !state.isClosed else { return (false, nil as Reader?) }
            let reader = state.reader.take()
            if reader == nil { state.letters.append((mail, sender)) }
            return (true, reader)
        }
        guard let reader else { return isOpen }
        reader.resume(returning: mail)
        sender()
        return true
    }

    /// Puts a letter in and waits until it was taken, or until nobody will take it.
    func send(_ mail: Mail) async {
        if let reader = state.withLock({ $0.reader.take() }) { return reader.resume(returning: mail) }
        await withUnsafeContinuation { sender in
            if !post(mail, whenTaken: { sender.resume() }) { sender.resume() }
        }
    }

    /// The next letter; `nil` when the mailbox is closed.
    func next() async -> Mail? {
        if let letter = state.withLock({ $0.letters.isEmpty ? nil : $0.letters.removeFirst() }) {
            letter.sender()
            return letter.mail
        }
        return await withUnsafeContinuation { reader in
            let letter: (mail: Mail, sender: Sender)?? = state.withLock { state in
                if state.isClosed { return .some(nil) }
                guard state.letters.isEmpty else { return state.letters.removeFirst() }
                state.reader = reader
                return nil
            }
            guard let letter else { return }
            reader.resume(returning: letter?.mail)
            letter?.sender()
        }
    }

    /// Ends the reader's waiting and everybody else's. What was not taken is lost.
    func close() {
        let (letters, reader) = state.withLock { state in
            defer { state = State(isClosed: true) }
            return (state.letters, state.reader)
        }
        reader?.resume(returning: nil)
        for letter in letters { letter.sender() }
    }
}
