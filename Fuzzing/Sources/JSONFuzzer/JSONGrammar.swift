import Foundation

/// RFC 8259, written down a second time and otherwise: without recursion and without values. Says what is JSON.
///
/// As the reader does, it lets pass bytes in strings that are not UTF-8.
struct JSONGrammar {
    /// The most levels of arrays and objects.
    private(set) var depth = 0
    /// Whether a number is too large for a double.
    private(set) var hasHugeNumber = false

    private let text: [UInt8]
    private var position = 0

    /// `nil` if `text` is no JSON.
    init?(_ text: [UInt8]) {
        self.text = text + [0]  // no character of JSON: the end needs no care below
        guard read(), position == self.text.count - 1 else { return nil }
    }

    private enum Expected {
        case value, firstElement, commaOrEnd, firstName, name, end
    }

    private mutating func read() -> Bool {
        var open: [UInt8] = []
        var expected = Expected.value
        while true {
            skipSpace()
            let byte = text[position]
            switch (expected, byte) {
            case (.end, _): return true
            case (.commaOrEnd, UInt8(ascii: ",")):
                position += 1
                expected = open.last == UInt8(ascii: "{") ? .name : .value
            case (.commaOrEnd, UInt8(ascii: "}")), (.firstName, UInt8(ascii: "}")):
                guard open.popLast() == UInt8(ascii: "{") else { return false }
                position += 1
                expected = open.isEmpty ? .end : .commaOrEnd
            case (.commaOrEnd, UInt8(ascii: "]")), (.firstElement, UInt8(ascii: "]")):
                guard open.popLast() == UInt8(ascii: "[") else { return false }
                position += 1
                expected = open.isEmpty ? .end : .commaOrEnd
            case (.firstName, UInt8(ascii: "\"")), (.name, UInt8(ascii: "\"")):
                guard string() else { return false }
                skipSpace()
                guard text[position] == UInt8(ascii: ":") else { return false }
                position += 1
                expected = .value
            case (.value, UInt8(ascii: "{")), (.firstElement, UInt8(ascii: "{")):
                open.append(byte)
                depth = max(depth, open.count)
                position += 1
                expected = .firstName
            case (.value, UInt8(ascii: "[")), (.firstElement, UInt8(ascii: "[")):
                open.append(byte)
                depth = max(depth, open.count)
                position += 1
                expected = .firstElement
            case (.value, _), (.firstElement, _):
                guard scalar() else { return false }
                expected = open.isEmpty ? .end : .commaOrEnd
            default: return false
            }
        }
    }

    private mutating func skipSpace() {
        while [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
    }

    private mutating func scalar() -> Bool {
        switch text[position] {
        case UInt8(ascii: "\""): string()
        case UInt8(ascii: "t"): word("true")
        case UInt8(ascii: "f"): word("false")
        case UInt8(ascii: "n"): word("null")
        default: number()
        }
    }

    private mutating func word(_ word: String) -> Bool {
        guard text[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func string() -> Bool {
        position += 1
        while text[position] != UInt8(ascii: "\"") {
            guard text[position] >= 0x20 else { return false }
            if text[position] == UInt8(ascii: "\\") {
                position += 1
                if text[position] == UInt8(ascii: "u") {
                    for _ in 0..<4 {
                        position += 1
                        guard Self.isHexadecimal(text[position]) else { return false }
                    }
                } else if !"\"\\/bfnrt".utf8.contains(text[position]) {
                    return false
                }
            }
            position += 1
        }
        position += 1
        return true
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }

    private mutating func number() -> Bool {
        let start = position
        func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        func digits(_ self: inout Self) -> Bool {
            guard isDigit(self.text[self.position]) else { return false }
            while isDigit(self.text[self.position]) { self.position += 1 }
            return true
        }
        if text[position] == UInt8(ascii: "-") { position += 1 }
        if text[position] == UInt8(ascii: "0") {
            position += 1
        } else if !digits(&self) {
            return false
        }
        if text[position] == UInt8(ascii: ".") {
            position += 1
            guard digits(&self) else { return false }
        }
        if text[position] == UInt8(ascii: "e") || text[position] == UInt8(ascii: "E") {
            position += 1
            if text[position] == UInt8(ascii: "+") || text[position] == UInt8(ascii: "-") { position += 1 }
            guard digits(&self) else { return false }
        }
        if strtod(String(decoding: text[start..<position], as: UTF8.self), nil).isInfinite { hasHugeNumber = true }
        return true
    }
}
