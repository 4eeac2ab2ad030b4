import Foundation
import InMemoryTracing
import Logging
import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import ServiceLifecycle
import SessionCore
import Synchronization
import Testing
import Tracing

@testable import RealtimeServer

/// What a collector is told of sessions and answers.
@Suite(.serialized) struct TracingTests {
    // MARK: Which trace

    @Test(
        "a traceparent is read strictly; anything else begins a new trace",
        arguments: [
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false),
            ("00-00000000000000000000000000000001-0000000000000001-03", true),
            ("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later", nil),
            ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", nil),
            ("00-00000000000000000000000000000000-b7ad6b7169203331-01", nil),
            ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", nil),
            ("00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", nil),
            ("00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", nil),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01", nil),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1", nil),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", nil), ("", nil), ("----", nil),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333g-01", nil),
        ] as [(String, Bool?)])
    func traceparent(text: String, isSampled: Bool?) {
        let identity = TraceIdentity(parent: text, state: "a=1")
        #expect(identity?.isSampled == isSampled)
        guard let identity, text.hasPrefix("00"), !text.hasSuffix("03") else { return }
        #expect(identity.parent == text && identity.state == "a=1")
    }

    @Test("so many of a hundred, and as the parent has decided", arguments: [0, 25, 100])
    func ratio(percent: Int) throws {
        var seed: UInt64 = 42
        print("Sampling \(percent) %: seed \(seed)")
        let numbers = Mutex(seed)
        let tracer = try Self.tracer(percent: percent) {
            numbers.withLock { seed in
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return seed | 1
            }
        }
        let count = (0..<10_000).count { _ in tracer.startSpan("x", context: .topLevel).isRecording }
        #expect(abs(count - percent * 100) < 300, "\(count) of 10,000")
        seed = 0
        var context = ServiceContext.topLevel
        for flag in ["00", "01"] {
            let fields = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-\(flag)"]
            tracer.extract(fields, into: &context, using: DictionaryFields())
            let span = tracer.startSpan("x", context: context)
            #expect(span.isRecording == (flag == "01"))
            var out: [String: String] = [:]
            tracer.inject(span.context, into: &out, using: DictionaryFields())
            #expect(out["traceparent"]?.hasPrefix("00-0af7651916cd43dd8448eb211c80319c-") == true)
            #expect(out["traceparent"]?.hasSuffix(flag) == true && out["traceparent"]?.contains("b7ad6b") == false)
        }
    }

    private struct DictionaryFields: Extractor, Injector {
        func extract(key: String, from fields: [String: String]) -> String? { fields[key] }
        func inject(_ value: String, forKey key: String, into fields: inout [String: String]) { fields[key] = value }
    }

    private static func tracer(
        _ endpoint: String = "http://127.0.0.1:9", headers: [String] = [], percent: Int = 100,
        logger: Logger = Logger(label: "test"), random: (@Sendable () -> UInt64)? = nil
    ) throws -> OTLPTracer {
        let next = Mutex<UInt64>(0)
        return try OTLPTracer(
            endpoint: endpoint, headers: headers, percent: percent, logger: logger,
            random: random ?? {
                next.withLock {
                    $0 += 1; return $0
                }
            })
    }

    // MARK: What is sent

    @Test("an answer and its steps, as OTLP writes them in JSON")
    func golden() async throws {
        let collector = try Collector()
        let tracer = try Self.tracer(collector.url, headers: ["x-key: sesame"])
        let session = tracer.startSpan("session", context: .topLevel, ofKind: .server, at: Self.at(0))
        session.attributes["session.id"] = "sess_1"
        session.attributes["close_code"] = Int64(1000)
        var timing = TurnTiming(response: "resp_1", item: "item_1", startedAt: 1_000)
        (timing.turnEnded, timing.understood, timing.begun, timing.firstWord) = (200, 150, 160, 300)
        (timing.firstClause, timing.firstSound, timing.firstSent, timing.ended) = (350, 400, 410, 2_000)
        timing.status = .completed
        timing.trace(tracer, in: session.context)
        session.end(at: Self.at(3_000))
        try await Self.run(tracer)
        let body = try #require(collector.bodies.first)
        let scope = body["resourceSpans"]?.array?.first?["scopeSpans"]?.array?.first
        let spans = scope?["spans"]?.array ?? []
        #expect(
            spans.map { $0["name"]?.string } == [
                "end of turn", "recognition", "first word", "first clause", "first sound", "speaking", "answer",
                "session",
            ])
        let attributes =
            #"[{"key":"close_code","value":{"intValue":"1000"}},"#
            + #"{"key":"session.id","value":{"stringValue":"sess_1"}}]"#
        #expect(
            spans.last?.text
                == #"{"traceId":"00000000000000010000000000000002","spanId":"0000000000000003","name":"session","#
                + #""kind":2,"startTimeUnixNano":"0","endTimeUnixNano":"3000000000","attributes":\#(attributes)}"#)
        let answer = spans[6]
        #expect(answer["parentSpanId"] == "0000000000000003" && answer["startTimeUnixNano"] == "1000000000")
        #expect(answer["endTimeUnixNano"] == "3000000000")
        #expect(spans.prefix(6).allSatisfy { $0["parentSpanId"] == answer["spanId"] })
        #expect(spans[2]["startTimeUnixNano"] == "1160000000" && spans[2]["endTimeUnixNano"] == "1300000000")
        #expect(
            body["resourceSpans"]?.array?.first?["resource"]?.text
                == #"{"attributes":[{"key":"service.name","value":{"stringValue":"vivavoce"}}]}"#)
        #expect(collector.heads.first?.contains("POST /v1/traces HTTP/1.1") == true)
        #expect(collector.heads.first?.lowercased().contains("x-key: sesame") == true)
    }

    @Test("while the collector is away spans wait, to a bound; then they are sent in batches")
    func away() async throws {
        let log = TestLog()
        let logger = Logger(label: "test") { _ in TestLog.Handler(log: log) }
        let collector = try Collector(isAway: true)
        let tracer = try Self.tracer(collector.url, logger: logger)
        for _ in 0..<(OTLPTracer.most + 100) { tracer.startSpan("x", context: .topLevel).end() }
        try await Self.run(tracer)
        #expect(collector.bodies.isEmpty)
        #expect(log.lines.count { $0.contains("does not take them") && $0.contains("dropped=100") } == 1)
        collector.come()
        try await Self.run(tracer)
        let counts = collector.bodies.compactMap {
            $0["resourceSpans"]?.array?.first?["scopeSpans"]?.array?.first?["spans"]?.array?.count
        }
        #expect(counts.reduce(0, +) == OTLPTracer.most && counts.allSatisfy { $0 <= 512 })
    }

    @Test(
        "an address that is none is refused", arguments: ["", "collector", "ftp://x", "http://", "http://h?q"])
    func addresses(endpoint: String) {
        #expect(throws: ServerError.self) { try Self.tracer(endpoint) }
    }

    /// Runs the tracer as a service until it has sent what waits.
    private static func run(_ tracer: OTLPTracer) async throws {
        let group = ServiceGroup(configuration: .init(services: [tracer], logger: Logger(label: "test")))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            try await Task.sleep(for: .milliseconds(100))
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private static func at(_ milliseconds: UInt64) -> DefaultTracerClock.Timestamp {
        .init(nanosecondsSinceEpoch: milliseconds * 1_000_000)
    }

    // MARK: A session

    @Test("a session stands in its client's trace, and its answers in it")
    func session() async throws {
        let tracer = InMemoryTracer()
        let conversations = Conversations(rules: Session.Rules(), tracer: tracer)
        conversations.use(ScriptedEngines().cascade)
        try await TestServer.with(conversations, tracer: tracer) { server in
            var reader = EventReader(try await server.connect())
            #expect(try await reader.next()["type"] == "session.created")
            try await reader.socket.send(text: #"{"type":"response.create"}"#)
            while try await reader.next()["type"] != "response.done" {}
            await reader.socket.close()
            _ = try await server.log.waits(for: "session ended")
        }
        let spans = tracer.finishedSpans
        let session = try #require(spans.first { $0.operationName == "session" })
        let answer = try #require(spans.first { $0.operationName == "answer" })
        #expect(answer.parentSpanID == session.spanID)
        #expect(spans.contains { $0.operationName == "first word" && $0.parentSpanID == answer.spanID })
    }
}

/// A collector that is really there, or not yet.
private final class Collector: Sendable {
    private let port: UInt16
    private let state = Mutex<(heads: [String], bodies: [JSONValue])>(([], []))
    private let listener: Int32

    var url: String { "http://127.0.0.1:\(port)" }
    var heads: [String] { state.withLock { $0.heads } }
    var bodies: [JSONValue] { state.withLock { $0.bodies } }

    init(isAway: Bool = false) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard isBound else { throw RawSocket.Failure(what: "bind") }
        port = UInt16(bigEndian: address.sin_port)
        if !isAway { come() }
    }

    func come() {
        listen(listener, 16)
        Thread.detachNewThread { [self] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread { [self] in serve(connection) }
            }
        }
    }

    private func serve(_ connection: Int32) {
        defer { close(connection) }
        var data = Data()
        while true {
            if let end = data.range(of: Data("\r\n\r\n".utf8)) {
                let head = String(decoding: data[..<end.lowerBound], as: UTF8.self)
                let length =
                    head.lowercased().split(separator: "content-length: ").dropFirst().first
                    .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
                if data.count - end.upperBound >= length {
                    let body = Array(data[end.upperBound..<(end.upperBound + length)])
                    state.withLock {
                        $0.heads.append(head)
                        $0.bodies.append((try? JSONValue(parsing: body)) ?? .null)
                    }
                    let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".utf8)
                    _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
                    data = Data(data[(end.upperBound + length)...])
                    continue
                }
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            data += chunk[..<count]
        }
    }
}
