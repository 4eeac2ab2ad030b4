/// A handle on one child of a group, which a group does not give out itself.
struct CancellableChild: Sendable {
    private let signal: AsyncStream<Never>.Continuation
    fileprivate init(_ signal: AsyncStream<Never>.Continuation) { self.signal = signal }
    func cancel() { signal.finish() }
}

extension ThrowingDiscardingTaskGroup {
    mutating func addCancellableTask(_ body: @escaping @Sendable () async -> Void) -> CancellableChild {
        // Carries nothing but its end.
        let (stream, signal) = AsyncStream<Never>.makeStream()
        addTask {
            await withTaskGroup(of: Void.self) { pair in
                pair.addTask { await body() }
                pair.addTask { for await _ in stream {} }
                await pair.next()
                pair.cancelAll()
            }
        }
        return CancellableChild(signal)
    }
}
