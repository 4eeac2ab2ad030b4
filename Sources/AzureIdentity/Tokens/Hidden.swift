/// A value that neither printing nor dumping shows: a secret, or an environment that may hold some.
struct Hidden<Value: Sendable>: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: Value

    init(_ value: Value) { self.value = value }

    var description: String { "(hidden)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension String {
    /// Somebody else's words, fit for one line of a message: without line breaks and control characters, without
    /// `secrets`, at most `limit` characters.
    func quotable(hiding secrets: [String] = [], limit: Int = 600) -> String {
        var text = self
        for secret in secrets where !secret.isEmpty {
            text = text.split(separator: secret, omittingEmptySubsequences: false).joined(separator: "(hidden)")
        }
        let words = text.unicodeScalars.split { $0.value <= 0x20 || (0x7F...0xA0).contains($0.value) }
        let line = words.map(String.init).joined(separator: " ")
        return line.count > limit ? line.prefix(limit) + "…" : line
    }

    /// Whether it can stand in a header field: visible ASCII, at least one character.
    var isVisibleASCII: Bool { !isEmpty && utf8.allSatisfy { (0x21...0x7E).contains($0) } }

    /// Whether it is one or more letters and digits of ASCII or of `others`, and does not look like an option.
    func isWord(with others: String) -> Bool {
        !isEmpty && !hasPrefix("-")
            && utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || others.utf8.contains(byte)
            }
    }
}
