/// Base64 with the standard alphabet and padding, as the wire carries audio (RFC 4648, section 4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    /// The six bits of a character, or 0xFF for what is none.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Appends the base64 of `bytes` to `output`.
    public static func encode(_ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        output += [UInt8](unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text, length in
            alphabet.withUnsafeBufferPointer { alphabet in
                var index = 0
                while index + 2 < bytes.count {
                    let bits = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
                    text[length] = alphabet[Int(bits >> 18)]
                    text[length + 1] = alphabet[Int(bits >> 12 & 63)]
                    text[length + 2] = alphabet[Int(bits >> 6 & 63)]
                    text[length + 3] = alphabet[Int(bits & 63)]
                    index += 3
                    length += 4
                }
                guard index < bytes.count else { return }
                let second = index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0
                let bits = UInt32(bytes[index]) << 16 | second << 8
                text[length] = alphabet[Int(bits >> 18)]
                text[length + 1] = alphabet[Int(bits >> 12 & 63)]
                text[length + 2] = index + 1 < bytes.count ? alphabet[Int(bits >> 6 & 63)] : UInt8(ascii: "=")
                text[length + 3] = UInt8(ascii: "=")
                length += 4
            }
        }
    }

    /// The base64 of `bytes`.
    public static func encode(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        bytes.withUnsafeBytes { encode($0, into: &output) }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes that `text` stands for, or `nil` if it is not base64. Padding may be missing.
    public static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        if let result = text.withContiguousStorageIfAvailable({ decode(contiguous: $0) }) { return result }
        return Array(text).withUnsafeBufferPointer { decode(contiguous: $0) }
    }

    private static func decode(contiguous text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var count = text.count
        while count > 0, text.count - count < 2, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
        guard count % 4 != 1, count == text.count || text.count % 4 == 0 else { return nil }
        return values.withUnsafeBufferPointer { values in
            var invalid: UInt8 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: count / 4 * 3 + 2) { bytes, length in
                var index = 0
                while index + 3 < count {
                    let (a, b) = (values[Int(text[index])], values[Int(text[index + 1])])
                    let (c, d) = (values[Int(text[index + 2])], values[Int(text[index + 3])])
                    invalid |= (a | b | c | d) & 0xC0
                    bytes[length] = a << 2 | b >> 4
                    bytes[length + 1] = b << 4 | c >> 2
                    bytes[length + 2] = c << 6 | d
                    length += 3
                    index += 4
                }
                guard index < count else { return }
                let (a, b) = (values[Int(text[index])], values[Int(text[index + 1])])
                let c = index + 2 < count ? values[Int(text[index + 2])] : 0
                invalid |= (a | b | c) & 0xC0
                bytes[length] = a << 2 | b >> 4
                length += 1
                if index + 2 < count {
                    bytes[length] = b << 4 | c >> 2
                    length += 1
                }
            }
            return invalid == 0 ? bytes : nil
        }
    }
}
