/// The lines of a `.env` file: `NAME=value`, with or without `export` and quotes; `#` begins a comment.
enum DotEnv {
    /// - Throws: ``ClientError`` with ``ClientError/Code/invalidSettings`` naming the line; never its value.
    static func parse(_ text: String, name: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for (number, raw) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = raw.trimmed
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("export ") { line = line.dropFirst("export ".count).trimmed }
            guard let equals = line.firstIndex(of: "="), !line[..<equals].trimmed.isEmpty else {
                throw ClientError(.invalidSettings, "\(name), line \(number + 1), is not of the form NAME=value.")
            }
            values[String(line[..<equals].trimmed)] = try value(
                line[line.index(after: equals)...].trimmed, "\(name), line \(number + 1)")
        }
        return values
    }

    private static func value(_ text: Substring, _ place: String) throws -> String {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            // A comment needs a space before it: a key may hold the character.
            guard let comment = text.firstRange(of: " #") else { return String(text) }
            return String(text[..<comment.lowerBound].trimmed)
        }
        guard let end = text.dropFirst().firstIndex(of: quote) else {
            throw ClientError(.invalidSettings, "\(place), begins with \(quote) and has no second one.")
        }
        return String(text[text.index(after: text.startIndex)..<end])
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        let start = drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start[start.endIndex...] }
        return start[...last]
    }
}
