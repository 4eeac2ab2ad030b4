extension JSONParser {
    /// Reads a string; `position` stands at its opening quote.
    mutating func string() throws(JSONSyntaxError) -> String {
        position += 1
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                defer { position += 1 }
                return String(decoding: bytes[start..<position], as: UTF8.self)
            case UInt8(ascii: "\\"): return try escapedString(from: start)
            case ..<0x20: throw JSONSyntaxError(reason: "A control character in a string", offset: position)
            default: position += 1
            }
        }
        throw JSONSyntaxError(reason: "A string has no end", offset: start)
    }

    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var text = Array(bytes[start..<position])
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                position += 1
                try text.append(contentsOf: String(escape()).utf8)
            case ..<0x20: throw JSONSyntaxError(reason: "A control character in a string", offset: position)
            default:
                text.append(byte)
                position += 1
            }
        }
        throw JSONSyntaxError(reason: "A string has no end", offset: start)
    }

    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        guard position < bytes.count else { throw JSONSyntaxError(reason: "A string has no end", offset: position) }
        defer { position += 1 }
        switch bytes[position] {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw JSONSyntaxError(reason: "Unknown escape", offset: position)
        }
    }

    /// Four hexadecimal digits, or two times four for a surrogate pair; half a pair stands for U+FFFD.
    private mutating func unicodeEscape() throws(JSONSyntaxError) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 2 < bytes.count, bytes[position + 1] == UInt8(ascii: "\\"),
            bytes[position + 2] == UInt8(ascii: "u")
        else { return "\u{FFFD}" }
        let afterFirst = position
        position += 2
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
        else {
            position = afterFirst
            return "\u{FFFD}"
        }
        return scalar
    }

    /// Reads the digits after `u`; leaves `position` at the last of them.
    private mutating func codeUnit() throws(JSONSyntaxError) -> UInt16 {
        // A sign, which `UInt16` would read, is no digit.
        guard position + 4 < bytes.count, ![0x2B, 0x2D].contains(bytes[position + 1]),
            let unit = UInt16(String(decoding: bytes[position + 1...position + 4], as: UTF8.self), radix: 16)
        else { throw JSONSyntaxError(reason: "Expected four hexadecimal digits", offset: position) }
        position += 4
        return unit
    }
}
