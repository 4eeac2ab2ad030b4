/// The wire's spelling of a Swift name: `audioEndMs` → `audio_end_ms`, `itemID` → `item_id`.
///
/// Only the key asked for is spelt, never a key found, so acronyms need no table.
func wireName(_ key: some CodingKey) -> String {
    var name = ""
    var afterUppercase = true
    for character in key.stringValue {
        if character.isUppercase {
            if !afterUppercase { name += "_" }
            name += character.lowercased()
            afterUppercase = true
        } else {
            name.append(character)
            afterUppercase = false
        }
    }
    return name
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
