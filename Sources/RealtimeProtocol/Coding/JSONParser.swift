/// Why a text is not JSON.
public struct JSONSyntaxError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong.
    public var reason: String
    /// The byte at which it was noticed.
    public var offset: Int
    /// The reason and the place.
    public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONValue {
    /// Reads one JSON text (RFC 8259).
    ///
    /// - Parameters:
    ///   - bytes: the text, in UTF-8.
    ///   - deepest: the most levels. A recording holds messages of clients, which have up to 128, within its own.
    /// - Throws: ``JSONSyntaxError`` for anything else.
    public init(parsing bytes: some Collection<UInt8>, deepest: Int = 128) throws(JSONSyntaxError) {
        let result: Result<JSONValue, JSONSyntaxError>? = bytes.withContiguousStorageIfAvailable { buffer in
            var parser = JSONParser(bytes: buffer, deepest: deepest)
            return Result { () throws(JSONSyntaxError) in try parser.parse() }
        }
        if let result {
            self = try result.get()
        } else {
            try self.init(parsing: Array(bytes), deepest: deepest)
        }
    }

    /// Reads one JSON text.
    public init(parsing text: String) throws(JSONSyntaxError) { try self.init(parsing: Array(text.utf8)) }
}

/// A recursive-descent reader over borrowed bytes.
struct JSONParser {
    let deepest: Int
    let bytes: UnsafeBufferPointer<UInt8>
    var position = 0
    var depth = 0

    init(bytes: UnsafeBufferPointer<UInt8>, deepest: Int) {
        self.bytes = bytes
        self.deepest = deepest
    }

    mutating func parse() throws(JSONSyntaxError) -> JSONValue {
        let value = try self.value()
        skipSpace()
        guard position == bytes.count else { throw failure("Unexpected text after the value") }
        return value
    }

    private func failure(_ reason: String) -> JSONSyntaxError { JSONSyntaxError(reason: reason, offset: position) }

    private mutating func skipSpace() {
        while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(JSONSyntaxError) -> JSONValue {
        skipSpace()
        guard position < bytes.count else { throw failure("The text ends where a value should stand") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return try nested { (self: inout Self) throws(JSONSyntaxError) in try self.object() }
        case UInt8(ascii: "["): return try nested { (self: inout Self) throws(JSONSyntaxError) in try self.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func nested(
        _ body: (inout Self) throws(JSONSyntaxError) -> JSONValue
    ) throws(JSONSyntaxError) -> JSONValue {
        depth += 1
        guard depth <= deepest else { throw failure("More than \(deepest) levels") }
        position += 1
        let value = try body(&self)
        depth -= 1
        return value
    }

    private mutating func object() throws(JSONSyntaxError) -> JSONValue {
        var members: [JSONObject.Member] = []
        if accept(UInt8(ascii: "}")) { return .object(JSONObject()) }
        repeat {
            skipSpace()
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                throw failure("Expected a name in quotes")
            }
            let name = try string()
            guard accept(UInt8(ascii: ":")) else { throw failure("Expected ':'") }
            members.append(.init(name: name, value: try value()))
        } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "}")) else { throw failure("Expected ',' or '}'") }
        return .object(JSONObject(members))
    }

    private mutating func array() throws(JSONSyntaxError) -> JSONValue {
        var elements: [JSONValue] = []
        if accept(UInt8(ascii: "]")) { return .array([]) }
        repeat { elements.append(try value()) } while accept(UInt8(ascii: ","))
        guard accept(UInt8(ascii: "]")) else { throw failure("Expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func literal(_ text: StaticString, _ value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
        let matches = text.withUTF8Buffer { text in
            bytes.count - position >= text.count && bytes[position..<position + text.count].elementsEqual(text)
        }
        guard matches else { throw failure("Unknown word") }
        position += text.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws(JSONSyntaxError) -> JSONValue {
        let start = position
        var whole = true
        func digits(_ self: inout Self) -> Int {
            let first = self.position
            while self.position < self.bytes.count, (0x30...0x39).contains(self.bytes[self.position]) {
                self.position += 1
            }
            return self.position - first
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") { position += 1 }
        let leadingZero = position < bytes.count && bytes[position] == 0x30
        let integral = digits(&self)
        guard integral > 0, !(leadingZero && integral > 1) else {
            position = start
            throw failure("Unexpected character")
        }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            whole = false
            guard digits(&self) > 0 else { throw failure("Expected a digit") }
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            whole = false
            if position < bytes.count, bytes[position] == 0x2B || bytes[position] == 0x2D { position += 1 }
            guard digits(&self) > 0 else { throw failure("Expected a digit") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if whole, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw failure("The number is too large") }
        return .number(number)
    }
}
