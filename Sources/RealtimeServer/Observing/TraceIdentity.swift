import ServiceContextModule

/// By what a span is known in a trace that goes through several programs (W3C Trace Context, version 00).
struct TraceIdentity: Sendable, Hashable {
    /// 128 bits, not all zero.
    var trace: (high: UInt64, low: UInt64) { (high, low) }
    private var high: UInt64
    private var low: UInt64
    /// 64 bits, not zero.
    var span: UInt64
    /// Whether the trace is recorded.
    var isSampled: Bool
    /// What others keep in the trace; passed on as it is.
    var state: String?

    init(trace: (high: UInt64, low: UInt64), span: UInt64, isSampled: Bool, state: String? = nil) {
        (high, low) = trace
        self.span = span
        self.isSampled = isSampled
        self.state = state
    }

    /// Reads a `traceparent`: `00-`, 32 hexadecimal digits, `-`, 16, `-`, 2. `nil` if it is anything else; then a new trace
    /// begins.
    init?(parent: String, state: String?) {
        let parts = parent.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        // A later version may have more behind the flags.
        guard parts.count >= 4, parts[0].count == 2, let version = Self.number(parts[0]), version != 0xFF,
            version > 0 || parts.count == 4, parts[1].count == 32, parts[2].count == 16, parts[3].count == 2,
            let high = Self.number(parts[1].prefix(16)), let low = Self.number(parts[1].suffix(16)),
            let span = Self.number(parts[2]), let flags = Self.number(parts[3]), high | low != 0, span != 0
        else { return nil }
        self.init(
            trace: (high, low), span: span, isSampled: flags & 1 == 1,
            state: state.flatMap { $0.isEmpty || $0.utf8.count > 512 ? nil : $0 })
    }

    /// The `traceparent` for whoever is asked next.
    var parent: String { "00-\(traceHex)-\(spanHex)-\(isSampled ? "01" : "00")" }

    var traceHex: String { Self.hex(high) + Self.hex(low) }
    var spanHex: String { Self.hex(span) }

    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Lower-case digits alone.
    private static func number(_ digits: some Collection<UInt8>) -> UInt64? {
        var number: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): number = number << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): number = number << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        return number
    }
}

extension ServiceContext {
    private enum Key: ServiceContextKey { typealias Value = TraceIdentity }

    /// The span in which something happens.
    var trace: TraceIdentity? {
        get { self[Key.self] }
        set { self[Key.self] = newValue }
    }
}
