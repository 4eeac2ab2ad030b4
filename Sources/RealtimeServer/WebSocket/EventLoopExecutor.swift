import NIOCore

/// Runs a session's tasks on the event loop of its connection.
///
/// A message passes through several tasks, each for some microseconds. On the global executor every step would wake up a
/// thread of the pool; here the steps follow each other on the thread that has read the message. What takes long is done on
/// the engines' threads.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
