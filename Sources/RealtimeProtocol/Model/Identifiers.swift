/// The name of something on the wire: opaque, kept as it is.
public protocol WireIdentifier: RawRepresentable<String>, Hashable, Sendable, Codable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// A name.
    init(rawValue: String)
}

extension WireIdentifier {
    /// A name.
    public init(stringLiteral value: String) { self.init(rawValue: value) }
    /// The name.
    public var description: String { rawValue }
}

/// Names an item of a conversation; at most 32 characters, may be chosen by the client.
public struct ItemID: WireIdentifier {
    /// The name.
    public let rawValue: String
    /// A name.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names a response.
public struct ResponseID: WireIdentifier {
    /// The name.
    public let rawValue: String
    /// A name.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Names an event.
public struct EventID: WireIdentifier {
    /// The name.
    public let rawValue: String
    /// A name.
    public init(rawValue: String) { self.rawValue = rawValue }
}

/// Ties a function's output to its call.
public struct CallID: WireIdentifier {
    /// The name.
    public let rawValue: String
    /// A name.
    public init(rawValue: String) { self.rawValue = rawValue }
}
