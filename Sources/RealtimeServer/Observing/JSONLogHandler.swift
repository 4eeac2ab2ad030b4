import Foundation
public import Logging
import RealtimeProtocol
import ServiceContextModule

/// Writes a JSON object a line: `time`, `level`, `message` and `logger`, then what else is known, and the trace.
public struct JSONLogHandler: LogHandler {
    /// What is said with each line.
    public var metadata: Logger.Metadata = [:]
    /// The least level that is written.
    public var logLevel = Logger.Level.info
    private let label: String
    private let write: @Sendable (String) -> Void

    /// A handler that writes to standard error.
    public init(label: String) {
        // One call for each line, so that those of several threads don't mix.
        self.init(label: label) { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) }
    }

    init(label: String, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.write = write
    }

    /// What is said with each line, by name.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    public func log(event: LogEvent) {
        var line: JSONObject = [
            "time": .string(Date().formatted(.iso8601.year().month().day().time(includingFractionalSeconds: true))),
            "level": .string(event.level.rawValue), "message": .string("\(event.message)"), "logger": .string(label),
        ]
        let known = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in known.sorted(by: { $0.key < $1.key }) {
            line[line[name] == nil ? name : "meta.\(name)"] = value.json
        }
        if let trace = ServiceContext.current?.trace {
            line["trace_id"] = .string(trace.traceHex)
            line["span_id"] = .string(trace.spanHex)
        }
        write(JSONValue.object(line).text + "\n")
    }
}

extension Logger.MetadataValue {
    fileprivate var json: JSONValue {
        switch self {
        case .string(let text): .string(text)
        case .stringConvertible(let value): .string("\(value)")
        case .array(let values): .array(values.map(\.json))
        case .dictionary(let members):
            .object(
                members.sorted { $0.key < $1.key }.reduce(into: JSONObject()) { $0[$1.key] = $1.value.json })
        }
    }
}
