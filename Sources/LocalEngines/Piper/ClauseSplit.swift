/// Cuts text that is too long to be said in one go.
///
/// A voice makes a clause whole, so a long one would hold up everybody else and its own first sample.
enum ClauseSplit {
    /// Characters that a voice says in one go: some eight seconds.
    static let longest = 140

    /// Pieces of `text` of at most `longest` characters each, cut after punctuation, else at spaces, else anywhere.
    static func pieces(of text: String, longest: Int = longest) -> [String] {
        var pieces: [String] = []
        var rest = Substring(text)
        while let limit = rest.index(rest.startIndex, offsetBy: longest, limitedBy: rest.endIndex),
            limit < rest.endIndex
        {
            let head = rest[..<limit]
            // Not in the first third: short pieces sound chopped.
            let late = head.index(head.startIndex, offsetBy: max(1, longest / 3))
            let cut =
                head[late...].lastIndex { ".!?;:,…—\n".contains($0) }.map(head.index(after:))
                ?? head[late...].lastIndex(where: \.isWhitespace) ?? limit
            append(rest[..<cut], to: &pieces)
            rest = rest[cut...]
        }
        append(rest, to: &pieces)
        return pieces
    }

    private static func append(_ piece: Substring, to pieces: inout [String]) {
        if piece.contains(where: { !$0.isWhitespace }) { pieces.append(String(piece)) }
    }
}
