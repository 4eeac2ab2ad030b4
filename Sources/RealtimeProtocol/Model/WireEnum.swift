/// One of a closed list of strings.
public protocol WireEnum: RawRepresentable<String>, CaseIterable, Hashable, Sendable, Codable {}

extension WireEnum {
    /// Refuses any other string, naming those there are (protocol.md B.12, row 19).
    public init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let value = Self(rawValue: text) else {
            throw RealtimeError.invalidValue(decoder.wirePath, got: text, supported: Self.allCases.map(\.rawValue))
        }
        self = value
    }

    /// Writes the string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}
