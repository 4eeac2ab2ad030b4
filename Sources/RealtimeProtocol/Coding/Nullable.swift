/// A member of a patch: left out, `null`, or a value. Used where `null` means "turn it off" (protocol.md B.7, rule 2).
public enum Patch<Value> {
    /// The member is not there: nothing changes.
    case absent
    /// The member is `null`: turn it off.
    case null
    /// The new value.
    case value(Value)
}

extension Patch: Sendable where Value: Sendable {}
extension Patch: Equatable where Value: Equatable {}
extension Patch: Decodable where Value: Decodable {
    /// `null` or a value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        self = container.decodeNil() ? .null : .value(try container.decode(Value.self))
    }
}
extension Patch: Encodable where Value: Encodable {
    /// `null` or the value; the container leaves out what is absent.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if case .value(let value) = self { try container.encode(value) } else { try container.encodeNil() }
    }
}

extension Patch {
    /// Applies the patch to what it is for.
    public func apply(to target: inout Value?) {
        switch self {
        case .absent: break
        case .null: target = nil
        case .value(let value): target = value
        }
    }
}

/// An optional that is written as `null` rather than left out: clients rely on the key (protocol.md B.3, the stars).
@propertyWrapper public struct Explicit<Value> {
    /// The value.
    public var wrappedValue: Value?
    /// Wraps a value.
    public init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }
}

extension Explicit: Sendable where Value: Sendable {}
extension Explicit: Equatable where Value: Equatable {}
extension Explicit: Hashable where Value: Hashable {}
extension Explicit: Decodable where Value: Decodable {
    /// `null` or a value.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
    }
}
extension Explicit: Encodable where Value: Encodable {
    /// `null` or the value.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}

// Synthesized conformances find these overloads, so that a missing key needs no hand-written code.
extension KeyedDecodingContainer {
    /// A missing key is ``Patch/absent``.
    public func decode<Value: Decodable>(_ type: Patch<Value>.Type, forKey key: Key) throws -> Patch<Value> {
        guard contains(key) else { return .absent }
        return try decodeNil(forKey: key) ? .null : .value(decode(Value.self, forKey: key))
    }

    /// A missing key is `nil`.
    public func decode<Value: Decodable>(_ type: Explicit<Value>.Type, forKey key: Key) throws -> Explicit<Value> {
        Explicit(wrappedValue: try decodeIfPresent(Value.self, forKey: key))
    }
}

extension KeyedEncodingContainer {
    /// Leaves out what is absent.
    public mutating func encode<Value: Encodable>(_ patch: Patch<Value>, forKey key: Key) throws {
        switch patch {
        case .absent: break
        case .null: try encodeNil(forKey: key)
        case .value(let value): try encode(value, forKey: key)
        }
    }
}
