/// Names that nobody else chooses.
enum RandomName {
    /// For the wire: a prefix and 20 random characters, at most 32 in all.
    static func make(_ prefix: String) -> String {
        let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        return prefix + "_" + String((0..<20).map { _ in characters[Int.random(in: 0..<characters.count)] })
    }

    /// A random UUID (RFC 9562 version 4).
    static func uuid() -> String {
        let random = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        let hexadecimal = Array("0123456789abcdef")
        var text = ""
        for (index, byte) in random.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            let byte = index == 6 ? byte & 0x0F | 0x40 : index == 8 ? byte & 0x3F | 0x80 : byte
            text.append(hexadecimal[Int(byte >> 4)])
            text.append(hexadecimal[Int(byte & 15)])
        }
        return text
    }
}
