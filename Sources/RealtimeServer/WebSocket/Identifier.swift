/// Identifiers of the shell; those of a session's events come from its own seeded source.
enum Identifier {
    private static let characters = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

    /// `sess_` and 21 letters and digits (protocol.md A.8).
    static func session() -> String { "sess_" + body() }

    /// `event_` and 21 letters and digits (protocol.md A.8).
    static func event() -> String { "event_" + body() }

    private static func body() -> String {
        var generator = SystemRandomNumberGenerator()
        return String((0..<21).compactMap { _ in characters.randomElement(using: &generator) })
    }
}
