import Dispatch
import SpeechEngines
import Synchronization

/// The bounded queue of one model's thread, ordered by deadline.
final class DeadlineQueue<Model>: Sendable {
    /// Names a job from before it is queued.
    typealias Ticket = UInt64

    struct Job: Sendable {
        var ticket: Ticket
        var deadline: Deadline
        var perform: @Sendable (inout Model) -> Void
        var refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var waiting: [Job] = []  // latest deadline first, so that the next job is taken off the end
        var isClosed = false
    }

    private let name: String
    private let capacity: Int
    private let lastTicket = Atomic<Ticket>(0)
    private let state = Mutex(State())
    private let changed = DispatchSemaphore(value: 0)

    init(name: String, capacity: Int) {
        self.name = name
        self.capacity = capacity
    }

    /// How many jobs wait.
    var count: Int { state.withLock { $0.waiting.count } }

    /// A name for a job that is about to be added.
    func ticket() -> Ticket { lastTicket.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Queues a job, or refuses it at once when the queue is full or closed.
    func add(
        _ ticket: Ticket, by deadline: Deadline,
        perform: @escaping @Sendable (inout Model) -> Void, refuse: @escaping @Sendable (any Error) -> Void
    ) {
        let job = Job(ticket: ticket, deadline: deadline, perform: perform, refuse: refuse)
        let refusal = state.withLock { state -> EngineError? in
            if state.isClosed { return EngineError(.closed, "The \(name) is being closed.") }
            if state.waiting.count >= capacity {
                return EngineError(.failed, "The \(name) is overloaded: \(capacity) jobs are waiting for it.")
            }
            // Before the first job that is due no later: equals are served in the order of arrival.
            let index = state.waiting.partitioningIndex { $0.deadline <= deadline }
            state.waiting.insert(job, at: index)
            return nil
        }
        if let refusal { refuse(refusal) } else { changed.signal() }
    }

    /// Takes a waiting job out of the queue; does nothing for one that has started.
    func drop(_ ticket: Ticket) {
        let job = state.withLock { state in
            state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
        }
        job?.refuse(CancellationError())
    }

    /// The most urgent job, when there is one; `nil` once the queue is closed. Blocks the calling thread.
    func next() -> Job? {
        while true {
            changed.wait()
            let (job, isClosed) = state.withLock { ($0.waiting.popLast(), $0.isClosed) }
            if let job { return job }
            if isClosed { return nil }
            // Otherwise the job that gave the signal was dropped.
        }
    }

    /// Refuses what waits and everything later.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in waiting { job.refuse(EngineError(.closed, "The \(name) is being closed.")) }
        changed.signal()
    }
}

extension Array {
    /// The first index whose element satisfies `predicate`, in an array where all that do follow all that don't.
    fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if predicate(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
