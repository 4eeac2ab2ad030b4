/// An HTTP header field.
public struct Header: Sendable, Hashable {
    /// The field's name; its case does not matter.
    public var name: String
    /// The field's value.
    public var value: String

    /// A header field.
    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the field can be sent: a token as name, no control characters in the value.
    var isValid: Bool {
        name.isToken && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}

extension String {
    /// Whether this is a token of RFC 9110 section 5.6.2, as header names and subprotocols must be.
    var isToken: Bool {
        !isEmpty && utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }
}
