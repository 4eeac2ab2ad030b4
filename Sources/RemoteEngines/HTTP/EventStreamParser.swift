import SpeechEngines

/// Reads a `text/event-stream` (the HTML standard, section 9.2): the data of each event, in order.
struct EventStreamParser {
    /// Bytes of one event; more is no answer but a mistake.
    static let longest = 4 << 20

    private var line: [UInt8] = []
    private var data: [UInt8]? = nil
    private var lastWasReturn = false

    /// Takes what has come.
    ///
    /// - Returns: the events that are whole now.
    /// - Throws: ``EngineError`` if one is longer than ``longest``.
    mutating func take(_ bytes: some Sequence<UInt8>) throws(EngineError) -> [[UInt8]] {
        var events: [[UInt8]] = []
        for byte in bytes {
            // A line ends with a return, a line feed, or both.
            if byte == 10, lastWasReturn {
                lastWasReturn = false
                continue
            }
            lastWasReturn = byte == 13
            if byte != 10, byte != 13 {
                line.append(byte)
                guard line.count + (data?.count ?? 0) <= Self.longest else {
                    throw EngineError(.failed, "an event of its stream is longer than \(Self.longest >> 20) MiB")
                }
            } else if let event = endLine() {
                events.append(event)
            }
        }
        return events
    }

    private mutating func endLine() -> [UInt8]? {
        defer { line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            defer { data = nil }
            return data
        }
        let name = Array("data:".utf8)
        guard line.starts(with: name) else { return nil }
        var value = line.dropFirst(name.count)
        if value.first == 32 { value = value.dropFirst() }
        data = data.map { $0 + [10] + value } ?? Array(value)
        return nil
    }
}
