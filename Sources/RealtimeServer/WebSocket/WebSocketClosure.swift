import Synchronization

/// How a connection ended, written once by its channel and read by everybody.
final class WebSocketClosure: Sendable {
    private let state = Mutex<CloseCode?>(nil)

    var code: CloseCode? { state.withLock { $0 } }

    /// The first one counts.
    func record(_ code: CloseCode) {
        state.withLock { $0 = $0 ?? code }
    }
}
