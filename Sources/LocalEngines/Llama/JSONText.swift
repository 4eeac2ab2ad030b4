/// A JSON value that keeps its members' order and its numbers' spelling, as Foundation's parser does not.
///
/// Order matters twice: a grammar asks for properties in the order of the schema, and the arguments of a call reach the
/// client as the model wrote them.
indirect enum JSONText: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONText])
    case object([Member])

    struct Member: Equatable, Sendable {
        var key: String
        var value: JSONText
    }

    /// The member called `key`, of an object.
    subscript(key: String) -> JSONText? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.key == key }?.value
    }

    /// The text of a string.
    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The elements of an array.
    var elements: [JSONText]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object.
    var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The value as compact JSON.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): Self.quoted(text)
        case .array(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }

    /// `text` as a JSON string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\0"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// The end of the object or array that `text` begins with, or `nil` when `text` ends before it does.
    static func endOfValue(in text: Substring) -> String.Index? {
        var depth = 0
        var isString = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isString = false
                }
            } else if character == "\"" {
                isString = true
            } else if character == "{" || character == "[" {
                depth += 1
            } else if character == "}" || character == "]" {
                depth -= 1
                if depth <= 0 { return text.index(after: index) }
            }
        }
        return nil
    }
}
