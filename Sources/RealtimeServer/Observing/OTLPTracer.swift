import AsyncHTTPClient
import Foundation
public import Logging
import NIOCore
import NIOHTTP1
import RealtimeProtocol
public import ServiceLifecycle
import Synchronization
public import Tracing

/// Sends spans to a collector, such as Jaeger or the OpenTelemetry collector: OTLP over HTTP, in JSON.
///
/// A caller never waits for the collector. While it is away, ``most`` spans are kept, the rest is dropped and counted in
/// the log.
public final class OTLPTracer: Tracer, Service {
    /// Spans that wait to be sent.
    static let most = 4096
    private static let batch = 512

    private struct Waiting {
        var spans: [OTLPSpan.Contents] = []
        var dropped = 0
    }

    private let url: String
    private let headers: [(name: String, value: String)]
    private let percent: Int
    private let logger: Logger
    private let waiting = Mutex(Waiting())
    private let random: @Sendable () -> UInt64

    /// Sends to the collector at `endpoint`.
    ///
    /// - Parameters:
    ///   - endpoint: `http://127.0.0.1:4318`, without `/v1/traces`.
    ///   - headers: `name: value`, for a collector that wants a key. Never logged.
    ///   - percent: of how many traces in a hundred the spans are sent, where whoever asks has not decided.
    ///   - logger: is told when the collector is away.
    /// - Throws: ``ServerError`` with ``ServerError/Code/invalidConfiguration``.
    public convenience init(
        endpoint: String, headers: [String] = [], percent: Int = 100, logger: Logger
    ) throws {
        try self.init(endpoint: endpoint, headers: headers, percent: percent, logger: logger) {
            .random(in: 1 ... .max)
        }
    }

    /// - Parameter random: makes the numbers of spans and traces.
    init(
        endpoint: String, headers: [String], percent: Int, logger: Logger, random: @escaping @Sendable () -> UInt64
    ) throws {
        guard let parts = URLComponents(string: endpoint), ["http", "https"].contains(parts.scheme),
            parts.host?.isEmpty == false, parts.query == nil, parts.fragment == nil
        else {
            throw ServerError(
                .invalidConfiguration,
                "tracing.endpoint must be the address of a collector, like http://127.0.0.1:4318.")
        }
        url = (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + "/v1/traces"
        self.headers = try headers.map { header in
            let sides = header.split(separator: ":", maxSplits: 1)
            guard sides.count == 2 else {
                throw ServerError(
                    .invalidConfiguration, "tracing.headers must each be a name, a colon and a value.")
            }
            return (String(sides[0]), sides[1].trimmingCharacters(in: .whitespaces))
        }
        self.percent = percent
        self.logger = logger
        self.random = random
    }

    // MARK: Spans

    /// Begins a span.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant, function: String, file fileID: String, line: UInt
    ) -> OTLPSpan {
        var context = context()
        let parent = context.trace
        let trace = parent?.trace ?? (high: random(), low: random())
        let identity = TraceIdentity(
            trace: trace, span: random(), isSampled: parent?.isSampled ?? (trace.low % 100 < UInt64(percent)),
            state: parent?.state)
        context.trace = identity
        return OTLPSpan(
            OTLPSpan.Contents(
                name: operationName, kind: kind, identity: identity, parent: parent?.span,
                start: instant().nanosecondsSinceEpoch), context: context
        ) { [weak self] contents in self?.keep(contents) }
    }

    private func keep(_ span: OTLPSpan.Contents) {
        waiting.withLock { waiting in
            guard waiting.spans.count < Self.most else { return waiting.dropped += 1 }
            waiting.spans.append(span)
        }
    }

    /// Spans are sent in their own time.
    public func forceFlush() {}

    /// Reads in which trace a request stands.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
        context.trace = TraceIdentity(parent: parent, state: extractor.extract(key: "tracestate", from: carrier))
    }

    /// Writes in which trace a request stands.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let trace = context.trace else { return }
        injector.inject(trace.parent, forKey: "traceparent", into: &carrier)
        if let state = trace.state { injector.inject(state, forKey: "tracestate", into: &carrier) }
    }

    // MARK: Sending

    /// Sends what has come together each second, and what is left at the end.
    public func run() async {
        await cancelWhenGracefulShutdown {
            var complainedAt: ContinuousClock.Instant?
            while (try? await Task.sleep(for: .seconds(1))) != nil { await self.send(&complainedAt) }
        }
        var never: ContinuousClock.Instant?
        await send(&never)
    }

    /// Sends all that waits, in batches; on a failure it waits on.
    private func send(_ complainedAt: inout ContinuousClock.Instant?) async {
        while case let (spans, dropped) = waiting.withLock({ ($0.spans.prefix(Self.batch), $0.dropped) }),
            !spans.isEmpty
        {
            do {
                try await post(Self.body(Array(spans)))
                waiting.withLock {
                    $0.spans.removeFirst(spans.count)
                    $0.dropped -= dropped
                }
            } catch {
                guard complainedAt.map({ .now - $0 > .seconds(60) }) ?? true else { return }
                complainedAt = .now
                return logger.warning(
                    "the collector of spans does not take them",
                    metadata: ["url": "\(url)", "error": "\(error)", "dropped": "\(dropped)"])
            }
        }
    }

    /// One that makes no spans of its own requests: each would be sent, and make another.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.tracing.tracer = nil
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private func post(_ body: String) async throws {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await Self.client.execute(request, timeout: .seconds(5))
        guard (200..<300).contains(response.status.code) else {
            throw ServerError(.invalidConfiguration, "It answered with the status \(response.status.code).")
        }
    }

    static func body(_ spans: [OTLPSpan.Contents]) -> String {
        let resource: JSONValue = [
            "attributes": [["key": "service.name", "value": ["stringValue": "vivavoce"]]]
        ]
        let scope: JSONValue = ["scope": ["name": "vivavoce"], "spans": .array(spans.map(\.json))]
        let body: JSONValue = ["resourceSpans": [["resource": resource, "scopeSpans": [scope]]]]
        return body.text
    }
}

extension OTLPTracer: CustomStringConvertible {
    /// Its name: a `ServiceGroup` logs its services.
    public var description: String { "OTLPTracer" }
}
