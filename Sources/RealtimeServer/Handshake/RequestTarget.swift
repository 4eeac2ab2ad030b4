/// The path and the query of a request.
struct RequestTarget {
    /// The path, as sent, without the query.
    let path: Substring
    private let query: [(name: String, value: String)]

    init(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = parts.first ?? ""
        query =
            parts.dropFirst().first.map { query in
                query.split(separator: "&").map { pair in
                    let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (Self.decode(sides[0]), sides.count > 1 ? Self.decode(sides[1]) : "")
                }
            } ?? []
    }

    /// The first value of a parameter; `nil` if it is missing or empty. Names are compared without case, as Azure does.
    subscript(name: String) -> String? {
        let name = name.lowercased()
        guard let value = query.first(where: { $0.name.lowercased() == name })?.value, !value.isEmpty else {
            return nil
        }
        return value
    }

    /// Whether a parameter is there, if only as a name.
    func contains(_ name: String) -> Bool {
        query.contains { $0.name.lowercased() == name }
    }

    /// Percent-decoding as of HTML forms, where a plus is a space; what is malformed stays as it is.
    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(hex: rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// The byte of exactly two hexadecimal digits. (`UInt8("+f", radix: 16)` would accept a sign.)
    fileprivate init?(hex digits: Substring.UTF8View) {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | (digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | (digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | (digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        self = value
    }
}
