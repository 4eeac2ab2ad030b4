extension String {
    /// Whether it is the same text byte by byte. To `==` an accent written as a character of its own makes no difference,
    /// to an issuer that names its users it may.
    func isExactly(_ other: String?) -> Bool { other.map { utf8.elementsEqual($0.utf8) } ?? false }
}

extension Set<String> {
    func hasExactly(_ text: String) -> Bool { contains { $0.isExactly(text) } }
}
