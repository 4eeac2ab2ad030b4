extension JSONValue {
    /// Reads a value of the wire; what its type does not know is let pass.
    ///
    /// - Throws: ``RealtimeError`` naming the first thing that is wrong.
    public func decode<Value: Decodable>(_ type: Value.Type) throws(RealtimeError) -> Value {
        try decode(type, at: WirePath())
    }

    /// Reads a value of the wire.
    ///
    /// - Throws: ``RealtimeError`` naming the first thing that is wrong (protocol.md B.12, rows 14–16 and 19).
    func decode<Value: Decodable>(
        _ type: Value.Type, at path: WirePath, reading: Reading = .asIs
    ) throws(RealtimeError) -> Value {
        let ledger = KeyLedger(isLenient: reading == .leniently)
        let value: Value
        do {
            value = try DecodingNode(value: self, path: path, ledger: ledger).decode(type)
        } catch let error as RealtimeError {
            throw error
        } catch {
            throw .invalidRequest("Invalid event: \(error)", code: "invalid_event")
        }
        if reading == .strictly, let unknown = ledger.firstUnread { throw .unknownParameter(unknown) }
        return value
    }
}

/// How exactly a value of the wire must be what its type says.
enum Reading {
    /// Members that the type does not know are let pass.
    case asIs
    /// They are errors.
    case strictly
    /// Besides, optional members and elements that cannot be read are left out, and what is ``MayBeMissing`` has its
    /// default then. So a client reads services that it does not know.
    case leniently
}

/// A value that stands for a missing one when something is read leniently.
protocol MayBeMissing {
    static var whenMissing: Self { get }
}

extension String: MayBeMissing { static var whenMissing: String { "" } }
extension Int: MayBeMissing { static var whenMissing: Int { 0 } }
extension Double: MayBeMissing { static var whenMissing: Double { 0 } }
extension Bool: MayBeMissing { static var whenMissing: Bool { false } }

/// An array whose elements can be left out one by one.
private protocol ReadsElementwise {
    static func read(_ node: DecodingNode, _ elements: [JSONValue]) -> Self
}

extension Array: MayBeMissing { static var whenMissing: [Element] { [] } }
extension Array: ReadsElementwise where Element: Decodable {
    fileprivate static func read(_ node: DecodingNode, _ elements: [JSONValue]) -> [Element] {
        elements.compactMap { element in
            try? DecodingNode(value: element, path: node.path, ledger: node.ledger).decode(Element.self)
        }
    }
}

/// A type some of whose members are let pass unread, whatever the dialect (protocol.md G, row 13).
protocol ToleratesMembers {
    /// The names let pass; `nil` for any.
    static var toleratedMembers: Set<String>? { get }
}

/// Which members of which objects were asked for: those that nobody asked for are unknown.
private final class KeyLedger {
    private var objects: [(path: WirePath, names: [String], read: Set<String>)] = []
    private var places: [String: Int] = [:]
    let isLenient: Bool

    init(isLenient: Bool) { self.isLenient = isLenient }

    /// An object may be opened more than once; what is read of it adds up.
    func open(_ object: JSONObject, at path: WirePath, tolerating: Set<String>) -> Int {
        if let place = places[path.description] { return place }
        objects.append((path, object.members.map(\.name), tolerating))
        places[path.description] = objects.count - 1
        return objects.count - 1
    }

    func read(_ name: String, of object: Int) { objects[object].read.insert(name) }

    var firstUnread: String? {
        for object in objects {
            if let name = object.names.first(where: { !object.read.contains($0) }) {
                return object.path.appending(name).description
            }
        }
        return nil
    }
}

private struct DecodingNode: Decoder {
    let value: JSONValue
    let path: WirePath
    let ledger: KeyLedger
    var tolerated: Set<String>? = []

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        if let value = value as? Value { return value }  // a JSONValue is wanted as it is
        if ledger.isLenient, case .array(let elements) = value, let type = type as? any ReadsElementwise.Type,
            let array = type.read(self, elements) as? Value
        {
            return array
        }
        guard let tolerant = type as? any ToleratesMembers.Type else { return try Value(from: self) }
        return try Value(
            from: DecodingNode(value: value, path: path, ledger: ledger, tolerated: tolerant.toleratedMembers))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let object) = value else { throw wrongType("an object") }
        let entry = tolerated.map { ledger.open(object, at: path, tolerating: $0) }
        return KeyedDecodingContainer(Members<Key>(node: self, object: object, entry: entry))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw wrongType("an array") }
        return Elements(node: self, elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Scalar(node: self) }

    func wrongType(_ expected: String) -> RealtimeError {
        .invalidType(path.description, expected: expected, got: value.kind)
    }

    func whole<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        switch value {
        case .integer(let integer): if let number = Number(exactly: integer) { return number }
        case .number(let double): if let number = Number(exactly: double) { return number }
        default: break
        }
        throw wrongType("an integer")
    }

    func decimal() throws -> Double {
        switch value {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: throw wrongType("a decimal")
        }
    }

    struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let node: DecodingNode
        let object: JSONObject
        let entry: Int?

        var codingPath: [any CodingKey] { [] }
        // Asked of an enum with values only: its cases are plain words, so their spelling can be turned around.
        var allKeys: [Key] { object.members.compactMap { Key(stringValue: swiftName($0.name)) } }

        private func find(_ key: Key) -> DecodingNode? {
            let name = wireName(key)
            if let entry { node.ledger.read(name, of: entry) }
            return object[name].map { DecodingNode(value: $0, path: node.path.appending(name), ledger: node.ledger) }
        }
        private func require(_ key: Key) throws -> DecodingNode {
            if let found = find(key) { return found }
            throw RealtimeError.missingParameter(node.path.appending(wireName(key)).description)
        }

        func contains(_ key: Key) -> Bool { find(key) != nil }
        func decodeNil(forKey key: Key) -> Bool { find(key)?.value ?? .null == .null }
        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            if node.ledger.isLenient, let missing = (type as? any MayBeMissing.Type)?.whenMissing as? Value {
                return (try? find(key)?.decode(type)) ?? missing
            }
            return try require(key).decode(type)
        }
        func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
            guard let found = find(key), found.value != .null else { return nil }
            return node.ledger.isLenient ? try? found.decode(type) : try found.decode(type)
        }
        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) throws -> KeyedDecodingContainer<Nested> { try require(key).container(keyedBy: type) }
        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try require(key).unkeyedContainer()
        }
        func superDecoder() -> any Decoder { node }
        func superDecoder(forKey key: Key) throws -> any Decoder { try require(key) }
    }

    struct Elements: UnkeyedDecodingContainer {
        let node: DecodingNode
        let elements: [JSONValue]
        var currentIndex = 0

        var codingPath: [any CodingKey] { [] }
        var count: Int? { elements.count }
        var isAtEnd: Bool { currentIndex == elements.count }

        private mutating func next() throws -> DecodingNode {
            guard currentIndex < elements.count else {
                throw RealtimeError.missingParameter(node.path.appending(currentIndex).description)
            }
            defer { currentIndex += 1 }
            return DecodingNode(
                value: elements[currentIndex], path: node.path.appending(currentIndex), ledger: node.ledger)
        }

        mutating func decodeNil() -> Bool {
            guard currentIndex < elements.count, elements[currentIndex] == .null else { return false }
            currentIndex += 1
            return true
        }
        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try next().decode(type) }
        mutating func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type
        ) throws -> KeyedDecodingContainer<Nested> { try next().container(keyedBy: type) }
        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
        mutating func superDecoder() throws -> any Decoder { try next() }
    }

    struct Scalar: SingleValueDecodingContainer {
        let node: DecodingNode
        var codingPath: [any CodingKey] { [] }
        func decodeNil() -> Bool { node.value == .null }
        func decode(_ type: Bool.Type) throws -> Bool {
            guard case .bool(let value) = node.value else { throw node.wrongType("a boolean") }
            return value
        }
        func decode(_ type: String.Type) throws -> String {
            guard case .string(let value) = node.value else { throw node.wrongType("a string") }
            return value
        }
        func decode(_ type: Double.Type) throws -> Double { try node.decimal() }
        func decode(_ type: Float.Type) throws -> Float { Float(try node.decimal()) }
        func decode(_ type: Int.Type) throws -> Int { try node.whole(type) }
        func decode(_ type: Int8.Type) throws -> Int8 { try node.whole(type) }
        func decode(_ type: Int16.Type) throws -> Int16 { try node.whole(type) }
        func decode(_ type: Int32.Type) throws -> Int32 { try node.whole(type) }
        func decode(_ type: Int64.Type) throws -> Int64 { try node.whole(type) }
        func decode(_ type: UInt.Type) throws -> UInt { try node.whole(type) }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try node.whole(type) }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try node.whole(type) }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try node.whole(type) }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try node.whole(type) }
        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try node.decode(type) }
    }
}

/// What a hand-written `init(from:)` needs to name the place where something is wrong.
extension Decoder {
    /// Where this decoder stands, as the API's errors name it.
    var wirePath: String { (self as? DecodingNode)?.path.description ?? "" }
    /// Whether what is missing or cannot be read is let be.
    var isLenient: Bool { (self as? DecodingNode)?.ledger.isLenient ?? false }
    /// The JSON it stands at.
    var wireValue: JSONValue? { (self as? DecodingNode)?.value }
}
