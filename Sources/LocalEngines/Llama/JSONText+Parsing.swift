extension JSONText {
    /// Deeper values are refused, for parsing recurses.
    private static let deepest = 64

    /// The value that `text` consists of; `nil` when it isn't JSON.
    init?(_ text: some StringProtocol) {
        var parser = Parser(bytes: Array(text.utf8))
        guard let value = parser.value(depth: 0) else { return nil }
        parser.skipSpace()
        guard parser.isAtEnd else { return nil }
        self = value
    }

    private struct Parser {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position >= bytes.count }
        var next: UInt8? { isAtEnd ? nil : bytes[position] }

        mutating func skipSpace() {
            while let byte = next, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            skipSpace()
            guard next == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        mutating func take(word: StaticString) -> Bool {
            let length = word.utf8CodeUnitCount
            guard position + length <= bytes.count else { return false }
            let isEqual = word.withUTF8Buffer { $0.elementsEqual(bytes[position..<position + length]) }
            if isEqual { position += length }
            return isEqual
        }

        mutating func value(depth: Int) -> JSONText? {
            guard depth < deepest else { return nil }
            skipSpace()
            switch next {
            case UInt8(ascii: "{"): return object(depth: depth)
            case UInt8(ascii: "["): return array(depth: depth)
            case UInt8(ascii: "\""): return string().map(JSONText.string)
            case UInt8(ascii: "t"): return take(word: "true") ? .bool(true) : nil
            case UInt8(ascii: "f"): return take(word: "false") ? .bool(false) : nil
            case UInt8(ascii: "n"): return take(word: "null") ? .null : nil
            default: return number()
            }
        }

        mutating func object(depth: Int) -> JSONText? {
            guard take("{") else { return nil }
            var members: [Member] = []
            if take("}") { return .object(members) }
            repeat {
                skipSpace()
                guard let key = string(), take(":"), let value = value(depth: depth + 1) else { return nil }
                members.append(Member(key: key, value: value))
            } while take(",")
            return take("}") ? .object(members) : nil
        }

        mutating func array(depth: Int) -> JSONText? {
            guard take("[") else { return nil }
            var elements: [JSONText] = []
            if take("]") { return .array(elements) }
            repeat {
                guard let element = value(depth: depth + 1) else { return nil }
                elements.append(element)
            } while take(",")
            return take("]") ? .array(elements) : nil
        }

        mutating func number() -> JSONText? {
            let start = position
            while let byte = next, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
            let digits = String(decoding: bytes[start..<position], as: UTF8.self)
            return Double(digits) == nil ? nil : .number(digits)
        }

        mutating func string() -> String? {
            guard next == UInt8(ascii: "\"") else { return nil }
            position += 1
            var text: [UInt8] = []
            while let byte = next {
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
                case UInt8(ascii: "\\"): if !escape(into: &text) { return nil }
                default: text.append(byte)
                }
            }
            return nil
        }

        mutating func escape(into text: inout [UInt8]) -> Bool {
            guard let byte = next else { return false }
            position += 1
            switch byte {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0C)
            case UInt8(ascii: "n"): text.append(0x0A)
            case UInt8(ascii: "r"): text.append(0x0D)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"):
                guard let scalar = unicodeEscape() else { return false }
                text += Array(String(Character(scalar)).utf8)
            default: text.append(byte)
            }
            return true
        }

        mutating func unicodeEscape() -> Unicode.Scalar? {
            guard let high = hexadecimal() else { return nil }
            if let scalar = Unicode.Scalar(high) { return scalar }
            // Half of a surrogate pair; a lonely one becomes the replacement character.
            guard (0xD800..<0xDC00).contains(high), take(word: "\\u"), let low = hexadecimal(),
                (0xDC00..<0xE000).contains(low)
            else { return "\u{FFFD}" }
            return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
        }

        mutating func hexadecimal() -> UInt32? {
            guard position + 4 <= bytes.count else { return nil }
            defer { position += 4 }
            return UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        }
    }
}
