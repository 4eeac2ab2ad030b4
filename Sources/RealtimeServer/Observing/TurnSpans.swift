import HTTPTypes
import Instrumentation
import RealtimeProtocol
import SessionCore
import Tracing

extension TurnTiming {
    /// Tells a tracer of an answer that has ended, and of its steps: all at once, so that the session need not wait for
    /// anybody while it answers.
    ///
    /// - Parameters:
    ///   - context: the session's.
    func trace(_ tracer: some Tracer, in context: ServiceContext) {
        guard let ended else { return }
        let turn = tracer.startSpan("answer", context: context, at: instant(0))
        turn.attributes["response.id"] = response.rawValue
        turn.attributes["response.status"] = status.rawValue
        if let item { turn.attributes["item.id"] = item.rawValue }
        turn.attributes["response.was_prepared"] = wasPrepared
        for (name, from, to) in stretches {
            guard let from, let to, to >= from else { continue }
            tracer.startSpan(name, context: turn.context, at: instant(from)).end(at: instant(to))
        }
        if status == .failed { turn.setStatus(SpanStatus(code: .error)) }
        turn.end(at: instant(ended))
    }

    /// What was done from when to when, in ms since the beginning.
    private var stretches: [(String, Int?, Int?)] {
        [
            ("end of turn", item == nil ? nil : 0, turnEnded),
            ("recognition", item == nil ? nil : 0, understood),
            ("first word", begun, firstWord),
            ("first clause", firstWord ?? begun, firstClause),
            ("first sound", firstClause, firstSound),
            ("speaking", firstSent, ended),
        ]
    }

    private func instant(_ after: Int) -> DefaultTracerClock.Timestamp {
        DefaultTracerClock.Timestamp(nanosecondsSinceEpoch: UInt64(max(0, startedAt + after)) * 1_000_000)
    }
}

extension Tracer {
    /// Begins the span of a session.
    func session(in context: ServiceContext, attributes: [String: String?]) -> Self.Span {
        let span = startSpan("session", context: context, ofKind: .server)
        for (name, value) in attributes { span.attributes[name] = value }
        return span
    }
}

/// Reads the fields in which tracers tell each other of a trace.
struct HTTPFieldsExtractor: Extractor {
    func extract(key: String, from fields: HTTPFields) -> String? { HTTPField.Name(key).flatMap { fields[$0] } }
}
