import RealtimeProtocol
import Synchronization
public import Tracing

/// A span that is sent to a collector when it has ended.
public final class OTLPSpan: Span {
    struct Contents: Sendable {
        var name: String
        var kind: SpanKind
        var identity: TraceIdentity
        var parent: UInt64?
        /// Unix nanoseconds, as all times.
        var start: UInt64
        var end: UInt64 = 0
        var attributes = JSONObject()
        var events: [JSONValue] = []
        var status: SpanStatus?
    }

    /// The context for spans within this one.
    public let context: ServiceContext
    private let state: Mutex<(contents: Contents, attributes: SpanAttributes, hasEnded: Bool)>
    private let finish: @Sendable (Contents) -> Void
    private let isSampled: Bool

    init(_ contents: Contents, context: ServiceContext, finish: @escaping @Sendable (Contents) -> Void) {
        self.context = context
        self.finish = finish
        isSampled = contents.identity.isSampled
        state = Mutex((contents, [:], false))
    }

    /// What is done.
    public var operationName: String {
        get { state.withLock { $0.contents.name } }
        set { state.withLock { $0.contents.name = newValue } }
    }

    /// What is known of it.
    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { if isSampled { state.withLock { $0.attributes = newValue } } }
    }

    /// Whether it is kept, and has not ended.
    public var isRecording: Bool { isSampled && !state.withLock { $0.hasEnded } }

    /// Whether it went well.
    public func setStatus(_ status: SpanStatus) { state.withLock { $0.contents.status = status } }

    /// Keeps something that happened.
    public func addEvent(_ event: SpanEvent) {
        guard isSampled else { return }
        let value: JSONValue = [
            "timeUnixNano": .string("\(event.nanosecondsSinceEpoch)"), "name": .string(event.name),
            "attributes": event.attributes.json,
        ]
        state.withLock { $0.contents.events.append(value) }
    }

    /// Keeps a failure.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        var attributes = attributes
        attributes["exception.type"] = "\(type(of: error))"
        attributes["exception.message"] = "\(error)"
        addEvent(SpanEvent(name: "exception", at: instant(), attributes: attributes))
    }

    /// Links are not kept.
    public func addLink(_ link: SpanLink) {}

    /// The end; what comes after is not kept.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        guard isSampled else { return }
        let end = instant().nanosecondsSinceEpoch
        let contents = state.withLock { state -> Contents? in
            guard !state.hasEnded else { return nil }
            state.hasEnded = true
            state.contents.end = end
            return state.contents
        }
        guard var contents else { return }
        contents.attributes = attributes.object
        finish(contents)
    }
}

extension OTLPSpan.Contents {
    /// As OTLP writes it in JSON (opentelemetry-proto, trace.proto).
    var json: JSONValue {
        var span: JSONObject = [
            "traceId": .string(identity.traceHex), "spanId": .string(identity.spanHex), "name": .string(name),
            "kind": .integer(kind.number), "startTimeUnixNano": .string("\(start)"),
            "endTimeUnixNano": .string("\(end)"),
            "attributes": attributes.pairs,
        ]
        if let parent { span["parentSpanId"] = .string(TraceIdentity.hex(parent)) }
        if let state = identity.state { span["traceState"] = .string(state) }
        if !events.isEmpty { span["events"] = .array(events) }
        if let status {
            var value: JSONObject = ["code": .integer(status.code == .ok ? 1 : 2)]
            if let message = status.message { value["message"] = .string(message) }
            span["status"] = .object(value)
        }
        return .object(span)
    }
}

extension SpanKind {
    fileprivate var number: Int {
        switch self {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

extension SpanAttributes {
    fileprivate var object: JSONObject {
        var members: [(name: String, value: JSONValue)] = []
        forEach { members.append(($0, $1.json)) }
        return members.sorted { $0.name < $1.name }.reduce(into: JSONObject()) { $0[$1.name] = $1.value }
    }

    fileprivate var json: JSONValue { object.pairs }
}

extension JSONObject {
    fileprivate var pairs: JSONValue {
        .array(members.map { ["key": .string($0.name), "value": $0.value] })
    }
}

extension SpanAttribute {
    /// An `AnyValue` of OTLP: integers are texts there, as they have 64 bits.
    fileprivate var json: JSONValue {
        func texts(_ values: [some Any]) -> JSONValue {
            ["arrayValue": ["values": .array(values.map { ["stringValue": .string("\($0)")] })]]
        }
        return switch self {
        case .int32(let value): ["intValue": .string("\(value)")]
        case .int64(let value): ["intValue": .string("\(value)")]
        case .double(let value): ["doubleValue": .number(value)]
        case .bool(let value): ["boolValue": .bool(value)]
        case .string(let value): ["stringValue": .string(value)]
        case .stringConvertible(let value): ["stringValue": .string("\(value)")]
        case .int32Array(let values): texts(values)
        case .int64Array(let values): texts(values)
        case .doubleArray(let values): texts(values)
        case .boolArray(let values): texts(values)
        case .stringArray(let values): texts(values)
        case .stringConvertibleArray(let values): texts(values)
        default: ["stringValue": .string("\(self)")]
        }
    }
}
