public import RealtimeProtocol

/// An event as it came from a server: read if it is one that this library knows, and kept whole in any case.
public struct ReceivedEvent: Sendable, Equatable {
    /// The event's type, as the server spells it.
    public let type: String
    /// All of it, as the server sent it.
    public let json: JSONValue
    /// What it says, in GA's names whichever dialect it came in; `nil` if ``problem`` says why not.
    public let event: ServerEvent?
    /// Why it could not be read: a type that is newer than this library, or one that lacks what it needs.
    public let problem: RealtimeError?

    /// What it says; see ``event``.
    public var body: ServerEvent.Body? { event?.body }

    /// Reads an event.
    public init(_ json: JSONValue) {
        self.json = json
        type = json["type"]?.string ?? ""
        do throws(RealtimeError) {
            event = try Dialect.readServerEvent(json)
            problem = nil
        } catch {
            event = nil
            problem = error
        }
    }
}
