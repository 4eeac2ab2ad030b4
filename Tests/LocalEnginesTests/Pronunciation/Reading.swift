import Testing

/// One line of a table: a text and how it is read.
struct Reading: Sendable, CustomTestStringConvertible {
    let text: String
    let spoken: String

    init(_ text: String, _ spoken: String) {
        self.text = text
        self.spoken = spoken
    }

    var testDescription: String { "\(text.debugDescription) → \(spoken.debugDescription)" }
}
