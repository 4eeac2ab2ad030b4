import Foundation
import Synchronization

/// A real thread that runs one function to its end.
///
/// C models block for milliseconds to seconds, which the cooperative pool must never do, and most of them may only be
/// touched by one thread at a time. What the function creates lives and dies on this thread.
final class OwningThread: Sendable {
    private struct State {
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())

    /// Starts `body` on a thread called `name`.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) -> OwningThread {
        let owner = OwningThread()
        let thread = Thread {
            body()
            owner.end()
        }
        thread.name = name
        thread.stackSize = 8 << 20  // as a main thread has; ONNX Runtime and ggml recurse
        thread.start()
        return owner
    }

    /// Returns when the thread's function has returned.
    func join() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func end() {
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
