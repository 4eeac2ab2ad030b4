import SpeechEngines
import Synchronization

/// Tells a service that is slow from one that is silent: who does not beat for so long is given up.
final class Pulse: Sendable {
    private struct State {
        var due: ContinuousClock.Instant
        var hasBeaten = false
    }

    private let state: Mutex<State>
    private let endpoint: RemoteEndpoint

    init(_ endpoint: RemoteEndpoint) {
        self.endpoint = endpoint
        state = Mutex(State(due: .now + endpoint.patience))
    }

    /// Something has come.
    func beat() {
        state.withLock { $0 = State(due: .now + endpoint.silence, hasBeaten: true) }
    }

    /// - Throws: ``EngineError`` once nothing has come for too long; `CancellationError`.
    func watch() async throws {
        while true {
            let state = state.withLock { $0 }
            guard state.due > .now else {
                let time = state.hasBeaten ? endpoint.silence : endpoint.patience
                throw EngineError(
                    .failed, state.hasBeaten ? "it fell silent for \(time)" : "it did not answer within \(time)")
            }
            try await Task.sleep(until: state.due, clock: .continuous)
        }
    }
}
