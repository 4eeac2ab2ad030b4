/// Reduces Markdown (and the few HTML tags a language model writes) to its words. Works on folded text, line by line.
///
/// A newline in the result is a pause: the end of a heading, a list item or a paragraph. Other line breaks are spaces.
enum Markup {
    typealias Scalars = ArraySlice<Unicode.Scalar>

    static func strip(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var words: [Unicode.Scalar] = []
        words.reserveCapacity(text.count)
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let content = line.drop { $0 == " " }
            guard let first = content.first, !isRule(content), !isFence(content) else {
                words.append("\n")
                continue
            }
            let block = block(content)
            words.append(block.isItem ? "\n" : " ")
            if first == "|" {
                inline(cells(block.content), into: &words)
            } else {
                inline(block.content, into: &words)
            }
            if block.isItem { words.append("\n") }
        }
        return words
    }

    /// A line without its heading, quote or list mark.
    private static func block(_ line: Scalars) -> (content: Scalars, isItem: Bool) {
        guard let first = line.first else { return (line, false) }
        let marks = line.prefix { $0 == first }.count
        let rest = line.dropFirst(marks)
        let spaced = rest.first == " "
        switch first {
        case "#" where marks <= 6 && spaced: return (rest, true)
        case "-", "*", "+":
            return marks == 1 && spaced && !opensWithNumber(rest) ? (withoutBox(rest), true) : (line, false)
        case ">" where spaced || rest.isEmpty: return (rest, false)
        case "|": return (line, true)
        case "0"..."9":
            let number = line.prefix { ("0"..."9").contains($0) }
            let after = line.dropFirst(number.count)
            let isItem =
                number.count < 4 && (after.first == "." || after.first == ")") && after.dropFirst().first == " "
            return (line, isItem)
        default: return (line, false)
        }
    }

    /// "- 5" alone is more often arithmetic than a list of one number.
    private static func opensWithNumber(_ text: Scalars) -> Bool {
        let word = text.drop { $0 == " " }
        return !word.isEmpty && word.allSatisfy { ("0"..."9").contains($0) }
    }

    private static func withoutBox(_ text: Scalars) -> Scalars {
        let word = text.drop { $0 == " " }
        let box = Array(word.prefix(3))
        return box.count == 3 && box[0] == "[" && box[2] == "]" && [" ", "x", "X"].contains(box[1])
            ? word.dropFirst(3) : word
    }

    /// `---`, `***`, `===`, and the line under a table's head.
    private static func isRule(_ line: Scalars) -> Bool {
        line.count >= 3 && line.contains { "-*_=".unicodeScalars.contains($0) }
            && line.allSatisfy { "-*_=|: ".unicodeScalars.contains($0) }
    }

    /// "```" or "```swift": nothing but the name of a language may follow.
    private static func isFence(_ line: Scalars) -> Bool {
        guard line.starts(with: ["`", "`", "`"]) || line.starts(with: ["~", "~", "~"]) else { return false }
        return line.dropFirst(3).allSatisfy {
            SpokenToken.isLetter($0) || SpokenToken.isDigit($0) || "+-#".unicodeScalars.contains($0)
        }
    }

    private static func cells(_ row: Scalars) -> Scalars {
        let cells = row.split(separator: "|").filter { !$0.allSatisfy { $0 == " " } }
        return Scalars(cells.joined(separator: [",", " "]))
    }

    private static func inline(_ text: Scalars, into words: inout [Unicode.Scalar]) {
        var position = text.startIndex
        while position < text.endIndex {
            let scalar = text[position]
            if scalar == "[", let last = words.last, ".,!?;)".unicodeScalars.contains(last),
                let note = note(text[position...])
            {
                position += note
            } else if scalar == "[", let link = link(text[position...]) {
                if words.last == "!" { words.removeLast() }
                words.append(contentsOf: link.words)
                position += link.length
            } else if scalar == "<", let tag = tag(text[position...]) {
                words.append(" ")
                position += tag
            } else if scalar == "&", let entity = entity(text[position...]) {
                words.append(contentsOf: entity.words.unicodeScalars)
                position += entity.length
            } else {
                words.append(scalar)
                position += 1
            }
        }
    }

    // Each of these looks a bounded way ahead, so that a text of nothing but brackets stays linear.

    /// The "[12]" right after a sentence, which only the eye follows.
    private static func note(_ text: Scalars) -> Int? {
        let digits = text.dropFirst().prefix(4).prefix { SpokenToken.isDigit($0) }
        return (1...3).contains(digits.count) && text.dropFirst(digits.count + 1).first == "]" ? digits.count + 2 : nil
    }

    private static func link(_ text: Scalars) -> (words: Scalars, length: Int)? {
        let window = text.prefix(300)
        guard let close = window.firstIndex(of: "]"), window.dropFirst(close - text.startIndex + 1).first == "(",
            let end = text[close...].prefix(600).firstIndex(of: ")")
        else { return nil }
        return (text[(text.startIndex + 1)..<close], end - text.startIndex + 1)
    }

    private static func tag(_ text: Scalars) -> Int? {
        guard let close = text.prefix(200).firstIndex(of: ">") else { return nil }
        let inside = text[(text.startIndex + 1)..<close]
        let name = inside.drop { $0 == "/" }.prefix { $0.properties.isAlphabetic || ("0"..."9").contains($0) }
        guard tagNames.contains(SpokenToken.string(name).lowercased()) else { return nil }
        let rest = inside.drop { $0 == "/" }.dropFirst(name.count)
        guard rest.isEmpty || rest.first == "/" || rest.contains("=") || rest.allSatisfy({ $0 == " " || $0 == "/" })
        else {
            return nil
        }
        return close - text.startIndex + 1
    }

    private static func entity(_ text: Scalars) -> (words: String, length: Int)? {
        guard let end = text.prefix(8).firstIndex(of: ";") else { return nil }
        guard let words = entities[SpokenToken.string(text[(text.startIndex + 1)..<end])] else { return nil }
        return (words, end - text.startIndex + 1)
    }

    private static let tagNames: Set<String> = [
        "a", "b", "i", "u", "s", "em", "strong", "p", "br", "hr", "div", "span", "code", "pre", "ul", "ol", "li", "h1",
        "h2",
        "h3", "h4", "h5", "h6", "table", "tr", "td", "th", "thead", "tbody", "sub", "sup", "img", "speak", "details",
        "summary",
        "blockquote", "kbd", "mark",
    ]

    private static let entities: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "#39": "'", "ndash": "-",
        "mdash": " -- ",
        "hellip": "...", "copy": " copyright ",
    ]
}
