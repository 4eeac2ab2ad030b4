/// So that a `JSONValue` can be a field. The wire's own coders take it as it is; others walk through it.
extension JSONValue: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Reads any JSON.
    public init(from decoder: any Decoder) throws {
        if let value = decoder.wireValue {
            self = value
        } else if let members = try? decoder.container(keyedBy: Name.self) {
            self = .object(
                JSONObject(
                    try members.allKeys.map {
                        JSONObject.Member(name: $0.stringValue, value: try members.decode(JSONValue.self, forKey: $0))
                    }))
        } else if var elements = try? decoder.unkeyedContainer() {
            var array: [JSONValue] = []
            while !elements.isAtEnd { array.append(try elements.decode(JSONValue.self)) }
            self = .array(array)
        } else {
            let scalar = try decoder.singleValueContainer()
            if scalar.decodeNil() {
                self = .null
            } else if let value = try? scalar.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? scalar.decode(Int.self) {
                self = .integer(value)
            } else if let value = try? scalar.decode(Double.self) {
                self = .number(value)
            } else {
                self = .string(try scalar.decode(String.self))
            }
        }
    }

    /// Writes any JSON.
    public func encode(to encoder: any Encoder) throws {
        switch self {
        case .object(let object):
            var container = encoder.container(keyedBy: Name.self)
            for member in object.members { try container.encode(member.value, forKey: Name(stringValue: member.name)) }
        case .array(let elements):
            var container = encoder.unkeyedContainer()
            for element in elements { try container.encode(element) }
        default:
            var container = encoder.singleValueContainer()
            switch self {
            case .bool(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .string(let value): try container.encode(value)
            default: try container.encodeNil()
            }
        }
    }
}
