import Synchronization

/// Something that arrives piece by piece: audio, words, the parts of an answer.
///
/// All pieces are kept as long as somebody holds the sequence, so that each reader begins at the first one, however late
/// it comes and however many there are. Nothing waits for a reader.
public struct Chunks<Element: Sendable>: AsyncSequence, Sendable {
    private let log = Log()

    init() {}

    /// Reads the pieces from the first one on.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(log: log) }

    /// All pieces, once the last one is there.
    ///
    /// - Throws: ``ClientError`` when the connection ended before that; `CancellationError`.
    public func collected() async throws -> [Element] {
        try await reduce(into: []) { $0.append($1) }
    }

    /// The first piece; `nil` if there was none.
    func first() async throws -> Element? { try await first { _ in true } }

    /// Whether the last piece has come.
    var isFinished: Bool { log.state.withLock { $0.end != nil } }
    /// Whether nothing has come.
    var isEmpty: Bool { log.state.withLock(\.elements.isEmpty) }

    func append(_ element: Element) {
        log.change { $0.end == nil ? $0.elements.append(element) : () }
    }

    /// The first end counts.
    func finish(throwing error: (any Error)? = nil) {
        log.change { $0.end = $0.end ?? (error.map(Result.failure) ?? .success(())) }
    }

    /// Reads pieces.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let log: Log
        var position = 0

        /// The next piece, as soon as it is there; `nil` after the last one.
        ///
        /// - Throws: ``ClientError`` when the connection ended before the last one; `CancellationError`.
        public mutating func next() async throws -> Element? {
            while true {
                switch log.state.withLock({ $0.look(at: position) }) {
                case .element(let element):
                    position += 1
                    return element
                case .end(let end):
                    try end.get()
                    return nil
                case .nothingYet:
                    try await log.waitForMore(than: position)
                }
            }
        }
    }
}

extension Chunks {
    final class Log: Sendable {
        enum Look {
            case element(Element)
            case end(Result<Void, any Error>)
            case nothingYet
        }

        struct State {
            var elements: [Element] = []
            var end: Result<Void, any Error>?
            var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
            var nextWaiting = 0

            func look(at position: Int) -> Look {
                if position < elements.count { return .element(elements[position]) }
                return end.map(Look.end) ?? .nothingYet
            }
        }

        let state = Mutex(State())

        func change(_ change: (inout State) -> Void) {
            let woken = state.withLock { state in
                change(&state)
                defer { state.waiting = [:] }
                return state.waiting.values.map(\.self)
            }
            for continuation in woken { continuation.resume() }
        }

        /// Returns when there may be more, or when the task is cancelled.
        func waitForMore(than position: Int) async throws {
            let number = state.withLock { state in
                state.nextWaiting += 1
                return state.nextWaiting
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let isReady = state.withLock { state in
                        if case .nothingYet = state.look(at: position), !Task.isCancelled {
                            state.waiting[number] = continuation
                            return false
                        }
                        return true
                    }
                    if isReady { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiting.removeValue(forKey: number) }?.resume()
            }
            try Task.checkCancellation()
        }
    }
}
