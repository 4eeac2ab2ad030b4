import SpeechEngines

/// One loaded model and the thread that owns it.
///
/// The model is created, used and destroyed on that thread alone, so it need not be `Sendable`. Jobs are served in the
/// order of their deadlines, first come first served among equals. A job whose task is cancelled before its turn never
/// starts; one that has started runs to its end.
final class ModelThread<Model>: Sendable {
    private let jobs: DeadlineQueue<Model>
    private let thread: OwningThread

    /// Loads a model on a new thread.
    ///
    /// - Parameters:
    ///   - name: what the model is called in messages and in the debugger.
    ///   - capacity: jobs that may wait; a further one is refused.
    ///   - share: where the thread says that it computes, if its jobs are long enough to matter.
    ///   - load: makes the model.
    /// - Throws: what `load` throws.
    init(
        name: String, capacity: Int = 256, share: ComputeShare? = nil,
        load: @escaping @Sendable () throws -> Model
    ) async throws {
        let jobs = DeadlineQueue<Model>(name: name, capacity: capacity)
        let loading = Loading<Void>()
        let thread = OwningThread.start(name: name) {
            do {
                var model = try load()
                loading.finish(.success(()))
                while let job = jobs.next() {
                    share?.begin()
                    job.perform(&model)
                    share?.end()
                }
            } catch {
                loading.finish(.failure(error))
            }
        }
        self.jobs = jobs
        self.thread = thread
        try await loading.value()
    }

    deinit { jobs.close() }

    /// How many jobs wait for their turn.
    var waiting: Int { jobs.count }

    /// What `body` makes of the model, when its turn has come.
    ///
    /// - Throws: what `body` throws; `CancellationError` when the task was cancelled before its turn; ``EngineError``
    ///   when too many jobs wait or the thread is closed.
    func run<Value: Sendable>(
        by deadline: Deadline, _ body: @escaping @Sendable (inout Model) throws -> Value
    ) async throws -> Value {
        let ticket = jobs.ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                jobs.add(
                    ticket, by: deadline,
                    perform: { model in continuation.resume(with: Result { try body(&model) }) },
                    refuse: { continuation.resume(throwing: $0) })
                // A cancellation that came before the job was queued found nothing to drop.
                if Task.isCancelled { jobs.drop(ticket) }
            }
        } onCancel: {
            jobs.drop(ticket)
        }
    }

    /// Refuses what waits, lets the running job finish, destroys the model and ends the thread.
    func close() async {
        jobs.close()
        await thread.join()
    }
}
