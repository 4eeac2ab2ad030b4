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

/// A place in a JSON text, as the API's errors name it: `session.tools[0].name`.
struct WirePath: CustomStringConvertible, Sendable {
    private(set) var description = ""

    func appending(_ name: String) -> WirePath {
        WirePath(description: description.isEmpty ? name : "\(description).\(name)")
    }

    func appending(_ index: Int) -> WirePath { WirePath(description: "\(description)[\(index)]") }
}
