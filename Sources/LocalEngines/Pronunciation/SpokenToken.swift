/// A word, a run of digits or one sign of folded text: what the reading rules look at.
struct SpokenToken: Sendable {
    enum Kind: Sendable { case word, number, sign, lineEnd, end }

    var kind: Kind
    var text: String
    /// Nothing stands between this token and the one before it: the "km" of "5km".
    var glued: Bool

    static let end = SpokenToken(kind: .end, text: "", glued: false)

    /// Words keep the apostrophes inside them ("they're"); all else that is neither letter nor digit stands alone.
    static func tokens(_ text: [Unicode.Scalar]) -> [SpokenToken] {
        var tokens: [SpokenToken] = []
        var position = 0
        var glued = false
        while position < text.count {
            let start = position
            let scalar = text[position]
            position += 1
            if scalar == " " {
                glued = false
                continue
            }
            var kind = Kind.sign
            if scalar == "\n" {
                kind = .lineEnd
            } else if isLetter(scalar) {
                kind = .word
                while position < text.count, isLetter(text[position]) || isApostrophe(text, position) { position += 1 }
            } else if isDigit(scalar) {
                kind = .number
                while position < text.count, isDigit(text[position]) { position += 1 }
            }
            tokens.append(
                SpokenToken(kind: kind, text: string(text[start..<position]), glued: glued && kind != .lineEnd))
            glued = kind != .lineEnd
        }
        return tokens
    }

    private static func isApostrophe(_ text: [Unicode.Scalar], _ position: Int) -> Bool {
        text[position] == "'" && position + 1 < text.count && isLetter(text[position + 1])
    }

    static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
    }
    static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    static func string(_ scalars: some Collection<Unicode.Scalar>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars)
        return String(text)
    }
}

extension SpokenToken {
    var isWord: Bool { kind == .word }
    var isNumber: Bool { kind == .number }
    var ends: Bool { kind == .end || kind == .lineEnd }
    func isSign(_ sign: String) -> Bool { kind == .sign && text == sign }
    func isGlued(_ sign: String) -> Bool { glued && kind == .sign && text == sign }
    var isCapitalized: Bool { kind == .word && text.utf8.first.map { (65...90).contains($0) } == true }
    /// Two or more letters, all capitals: "NASA", "II".
    var isAllCaps: Bool { kind == .word && text.utf8.count > 1 && text.utf8.allSatisfy { (65...90).contains($0) } }
    var isLetter: Bool { kind == .word && text.utf8.count == 1 }
}
