/// The wire's spelling of a Swift name: `audioEndMs` → `audio_end_ms`, `itemID` → `item_id`.
///
/// Only the key asked for is spelt, never a key found, so acronyms need no table.
func wireName(_ key: some CodingKey) -> String {
    var name: [UInt8] = []
    var afterUppercase = true
    for byte in key.stringValue.utf8 {
        // Swift names are ASCII here.
        let isUppercase = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        if isUppercase, !afterUppercase { name.append(UInt8(ascii: "_")) }
        name.append(isUppercase ? byte | 0x20 : byte)
        afterUppercase = isUppercase
    }
    return String(decoding: name, as: UTF8.self)
}

/// The Swift spelling of a wire name that holds no acronym: `function_call` → `functionCall`. A name that starts with an
/// underscore, as the unnamed values of a case do, is kept.
func swiftName(_ name: String) -> String {
    guard !name.hasPrefix("_") else { return name }
    let words = name.split(separator: "_")
    return words.dropFirst().reduce(words.first.map(String.init) ?? "") {
        $0 + $1.prefix(1).uppercased() + $1.dropFirst()
    }
}

/// A place in a JSON text, as the API's errors name it: `session.tools[0].name`.
struct WirePath: CustomStringConvertible, Sendable {
    private(set) var description = ""

    func appending(_ name: String) -> WirePath {
        WirePath(description: description.isEmpty ? name : "\(description).\(name)")
    }

    func appending(_ index: Int) -> WirePath { WirePath(description: "\(description)[\(index)]") }
}
