/// A JSON text as a value, with the members of objects in their order.
public enum JSONValue: Hashable, Sendable {
    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// A number without fraction or exponent that fits.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object.
    case object(JSONObject)
}

/// The members of a JSON object, in order. Of members with the same name the last one counts.
public struct JSONObject: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// A name and its value.
    public struct Member: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The value.
        public var value: JSONValue
    }

    /// All members, as they stand.
    public var members: [Member]

    /// An object with these members.
    public init(_ members: [Member] = []) { self.members = members }

    /// An object with these members.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        members = elements.map { Member(name: $0.0, value: $0.1) }
    }

    /// The value of a member; setting `nil` removes it, setting a new name appends it.
    public subscript(name: String) -> JSONValue? {
        get { members.last { $0.name == name }?.value }
        set {
            guard let newValue else { return members.removeAll { $0.name == name } }
            if let index = members.lastIndex(where: { $0.name == name }) {
                members[index].value = newValue
            } else {
                members.append(Member(name: name, value: newValue))
            }
        }
    }

    /// Gives a member another name, in its place.
    mutating func rename(_ old: String, to new: String) {
        for index in members.indices where members[index].name == old { members[index].name = new }
    }

    /// Takes a member out.
    mutating func take(_ name: String) -> JSONValue? {
        defer { self[name] = nil }
        return self[name]
    }
}

extension JSONValue {
    /// The object, if it is one.
    public var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
    /// The elements, if it is an array.
    public var array: [JSONValue]? { if case .array(let array) = self { array } else { nil } }
    /// The text, if it is a string.
    public var string: String? { if case .string(let string) = self { string } else { nil } }
    /// The number, if it is a whole one.
    public var integer: Int? { if case .integer(let integer) = self { integer } else { nil } }

    /// The value of a member, if it is an object that has one.
    public subscript(name: String) -> JSONValue? { object?[name] }

    /// Changes the object in place, if it is one.
    mutating func withObject(_ change: (inout JSONObject) -> Void) {
        guard case .object(var object) = self else { return }
        self = .null  // so that the members are not copied
        change(&object)
        self = .object(object)
    }

    /// Changes each element in place, if it is an array.
    mutating func forEachElement(_ change: (inout JSONValue) -> Void) {
        guard case .array(var array) = self else { return }
        self = .null
        for index in array.indices { change(&array[index]) }
        self = .array(array)
    }

    /// What it is, as error messages of the API say it.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a decimal"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByFloatLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// An array.
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { JSONObject.Member(name: $0.0, value: $0.1) }))
    }
    /// `null`.
    public init(nilLiteral: ()) { self = .null }
}
