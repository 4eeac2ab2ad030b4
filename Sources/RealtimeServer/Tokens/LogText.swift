extension String {
    /// Text of a stranger as it may stand in a log: one line, at most 120 characters.
    var forLog: String {
        var text = ""
        for scalar in unicodeScalars.prefix(120) {
            let isPlain = scalar.isASCII ? (0x20...0x7E).contains(scalar.value) : scalar.properties.isAlphabetic
            text.unicodeScalars.append(isPlain ? scalar : "?")
        }
        return text
    }
}
