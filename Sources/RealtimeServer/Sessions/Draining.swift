import Logging
import RealtimeProtocol
import ServiceLifecycle
import SessionCore

/// Sees the running sessions out before the server stops: nobody is let in any more, those inside are told, and have a
/// while to finish what they are saying.
struct Draining: Service {
    let live: LiveSessions
    let readiness: Readiness
    /// Seconds.
    let patience: Int
    let logger: Logger

    /// Waits for the shutdown, and then for the sessions.
    func run() async throws {
        try? await gracefulShutdown()
        readiness.notReady("The server is shutting down.")
        guard live.count > 0, patience > 0 else { return end() }
        logger.notice(
            "shutting down when the sessions have ended",
            metadata: ["sessions": "\(live.count)", "seconds": "\(patience)"])
        live.tell { _ in
            SessionNotice(
                .server(
                    "This server stops in \(patience) seconds. Finish what you are saying, and connect again later.",
                    code: "server_shutting_down"))
        }
        let deadline = ContinuousClock.now + .seconds(patience)
        while live.count > 0, ContinuousClock.now < deadline, !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(100))
        }
        end()
    }

    private func end() {
        live.tell { _ in
            SessionNotice(
                .server("The server is shutting down.", code: "server_shutting_down"),
                closeCode: Int(CloseCode.goingAway.rawValue))
        }
    }
}
