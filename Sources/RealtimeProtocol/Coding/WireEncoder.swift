extension JSONValue {
    /// The wire's form of a value: its members in declaration order, names in snake case.
    public init(encoding value: some Encodable) throws {
        let node = EncodingNode()
        try node.encode(value)
        self = node.value
    }
}

/// A place in the tree that is being encoded. A second container at the same place adds to the first.
private final class EncodingNode: Encoder {
    private var scalar: JSONValue = .null
    private var members: [(name: String, node: EncodingNode)]?
    fileprivate var elements: [EncodingNode]?

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    var value: JSONValue {
        if let members {
            return .object(JSONObject(members.map { JSONObject.Member(name: $0.name, value: $0.node.value) }))
        }
        if let elements { return .array(elements.map(\.value)) }
        return scalar
    }

    func encode(_ value: some Encodable) throws {
        if let value = value as? JSONValue { scalar = value } else { try value.encode(to: self) }
    }

    fileprivate func member(_ key: some CodingKey) -> EncodingNode {
        let node = EncodingNode()
        members?.append((wireName(key), node))
        return node
    }

    fileprivate func element() -> EncodingNode {
        let node = EncodingNode()
        elements?.append(node)
        return node
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if members == nil { members = [] }
        return KeyedEncodingContainer(Members<Key>(node: self))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if elements == nil { elements = [] }
        return Elements(node: self)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { Scalar(node: self) }

    private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let node: EncodingNode
        var codingPath: [any CodingKey] { [] }
        func encodeNil(forKey key: Key) { node.member(key).scalar = .null }
        func encode(_ value: some Encodable, forKey key: Key) throws { try node.member(key).encode(value) }
        func nestedContainer<Nested: CodingKey>(
            keyedBy type: Nested.Type, forKey key: Key
        ) -> KeyedEncodingContainer<Nested> { node.member(key).container(keyedBy: type) }
        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            node.member(key).unkeyedContainer()
        }
        func superEncoder() -> any Encoder { node }
        func superEncoder(forKey key: Key) -> any Encoder { node.member(key) }
    }

    private struct Elements: UnkeyedEncodingContainer {
        let node: EncodingNode
        var codingPath: [any CodingKey] { [] }
        var count: Int { node.elements?.count ?? 0 }
        func encodeNil() { node.element().scalar = .null }
        func encode(_ value: some Encodable) throws { try node.element().encode(value) }
        func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
            node.element().container(keyedBy: type)
        }
        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { node.element().unkeyedContainer() }
        func superEncoder() -> any Encoder { node.element() }
    }

    private struct Scalar: SingleValueEncodingContainer {
        let node: EncodingNode
        var codingPath: [any CodingKey] { [] }
        func encodeNil() { node.scalar = .null }
        func encode(_ value: Bool) { node.scalar = .bool(value) }
        func encode(_ value: String) { node.scalar = .string(value) }
        func encode(_ value: Double) { node.scalar = .number(value) }
        func encode(_ value: Float) { node.scalar = .number(Double(value)) }
        func encode(_ value: Int) { node.scalar = .integer(value) }
        func encode(_ value: Int8) { node.scalar = .integer(Int(value)) }
        func encode(_ value: Int16) { node.scalar = .integer(Int(value)) }
        func encode(_ value: Int32) { node.scalar = .integer(Int(value)) }
        func encode(_ value: Int64) { node.scalar = .integer(Int(value)) }
        func encode(_ value: UInt) { node.scalar = .integer(Int(clamping: value)) }
        func encode(_ value: UInt8) { node.scalar = .integer(Int(value)) }
        func encode(_ value: UInt16) { node.scalar = .integer(Int(value)) }
        func encode(_ value: UInt32) { node.scalar = .integer(Int(value)) }
        func encode(_ value: UInt64) { node.scalar = .integer(Int(clamping: value)) }
        func encode(_ value: some Encodable) throws { try node.encode(value) }
    }
}
