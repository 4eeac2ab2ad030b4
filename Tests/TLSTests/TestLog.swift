import Logging
import Synchronization

/// What was logged.
final class TestLog: Sendable {
    private let kept = Mutex<[String]>([])

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    /// `level message key=value …`, those of `level` or all.
    func lines(_ level: Logger.Level? = nil) -> [String] {
        kept.withLock { $0 }.filter { line in level.map { line.hasPrefix("\($0) ") } ?? true }
    }

    private struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }.map { "\($0)=\($1)" }.sorted()
            log.kept.withLock { $0.append("\(event.level) \(event.message) \(all.joined(separator: " "))") }
        }
    }
}

/// Waits until `condition` holds, five seconds at most.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    for _ in 0..<500 {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(10))
    }
    return false
}
