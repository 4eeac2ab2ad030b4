/// The two forms of JSON error bodies, keys in the order the services write them.
enum ErrorBody {
    static func azure(code: String, message: String) -> String {
        #"{"error":{"code":"# + quote(code) + #","message":"# + quote(message) + "}}"
    }

    static func openAI(type: String, code: String?, param: String?, message: String) -> String {
        #"{"error":{"message":"# + quote(message) + #","type":"# + quote(type) + #","param":"# + quote(param)
            + #","code":"# + quote(code) + "}}"
    }

    /// A JSON string, or `null`.
    static func quote(_ text: String?) -> String {
        guard let text else { return "null" }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
