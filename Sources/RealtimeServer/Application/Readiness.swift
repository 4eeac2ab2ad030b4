import Synchronization

/// Whether the engines are loaded: what `GET /readyz` says, and whether sessions are let in.
public final class Readiness: Sendable {
    private let state: Mutex<String?>

    /// Not ready, until ``ready()``.
    ///
    /// - Parameter reason: a sentence that says what is waited for.
    public init(notReady reason: String = "The engines are being loaded.") {
        state = Mutex(reason)
    }

    /// Why the server is not ready; `nil` once it is.
    public var reason: String? { state.withLock { $0 } }

    /// From now on sessions are let in.
    public func ready() {
        state.withLock { $0 = nil }
    }

    /// From now on sessions are refused.
    ///
    /// - Parameter reason: a sentence that says why.
    public func notReady(_ reason: String) {
        state.withLock { $0 = reason }
    }
}
