/// Identifiers of the shell; those of a session's events come from its own seeded source.
enum Identifier {
    private static let characters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    /// `sess_` and 21 letters and digits (protocol.md A.8).
    static func session() -> String { "sess_" + body() }

    /// `event_` and 21 letters and digits (protocol.md A.8).
    static func event() -> String { "event_" + body() }

    static func body(_ length: Int = 21) -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<length).compactMap { _ in characters.randomElement(using: &generator) })
    }
}
