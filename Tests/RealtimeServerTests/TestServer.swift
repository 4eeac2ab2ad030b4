import Logging
import NIOCore
import RealtimeClient
import RealtimeServer
import ServiceLifecycle
import SessionCore
import Synchronization
import Tracing

/// A server on a free port for the time of a test.
struct TestServer: Sendable {
    let port: Int
    let group: ServiceGroup
    let application: RealtimeApplication
    let log: TestLog

    func url(_ target: String = "/v1/realtime?model=gpt-realtime") -> String { "ws://127.0.0.1:\(port)\(target)" }

    func connect(
        _ target: String = "/v1/realtime?model=gpt-realtime", headers: [Header] = [], subprotocols: [String] = []
    ) async throws -> WebSocketTransport {
        try await WebSocketTransport.connect(to: url(target), headers: headers, subprotocols: subprotocols)
    }

    /// Runs `body` against a server, then shuts the server down gracefully; that it ends is part of every test.
    static func with(
        _ sessions: any RealtimeSessionHandler = Echo(), readiness: Readiness? = nil,
        limits: WebSocketLimits? = nil, tracer: any Tracer = NoOpTracer(),
        configure: (inout ServerConfiguration) -> Void = { _ in },
        _ body: (TestServer) async throws -> Void
    ) async throws {
        var configuration = ServerConfiguration()
        configuration.port = 0
        configuration.shutdownSeconds = 0
        configure(&configuration)
        let ready = readiness ?? Readiness()
        if readiness == nil { ready.ready() }
        let log = TestLog()
        let logger = Logger(label: "test") { _ in TestLog.Handler(log: log) }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = try RealtimeApplication(
            configuration: configuration, sessions: sessions, readiness: ready, limits: limits, tracer: tracer,
            logger: logger,
            onRunning: { port.yield($0) })
        let group = ServiceGroup(configuration: .init(services: [application], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            guard let number = await ports.first(where: { _ in true }) else { return }
            do {
                try await body(TestServer(port: number, group: group, application: application, log: log))
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}

/// Sends back what it gets; a few words make it do something else.
struct Echo: RealtimeSessionHandler {
    struct Failure: Error {}

    func serve(
        _ connection: WebSocketConnection, _ handshake: Handshake, meter: any SessionMeter, control: SessionControl,
        logger: Logger
    ) async throws {
        for try await message in connection.messages {
            switch message {
            case .binary(let bytes): try await connection.send(text: "binary \(bytes.readableBytes)")
            case .text(let text):
                switch String(buffer: text) {
                case "fail": throw Failure()
                case "bye": return await connection.close(code: .badParameters, reason: "bye.bye")
                case "return": return
                case "batch": try await connection.send(texts: ["1", "2", "3"].map { .init(string: $0) })
                case let word where word.utf8.count > 100_000: try await connection.send(text: "\(word.utf8.count)")
                default: try await connection.send(text: text)
                }
            }
        }
    }
}

/// Keeps what is logged.
final class TestLog: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    /// Waits up to five seconds for a line with these words.
    func waits(for words: String) async throws -> String? {
        for _ in 0..<500 {
            if let line = lines.first(where: { $0.contains(words) }) { return line }
            try await Task.sleep(for: .milliseconds(10))
        }
        return nil
    }

    struct Handler: LogHandler {
        let log: TestLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = metadata.merging(event.metadata ?? [:]) { $1 }.map { "\($0)=\($1)" }.sorted()
            log.state.withLock { $0.append("\(event.level) \(event.message) \(all.joined(separator: " "))") }
        }
    }
}
