public import RealtimeProtocol

/// When each step of an answer was reached: the waterfall of a turn.
///
/// Times are milliseconds since ``startedAt``, as the server saw them: without the way to the client and back.
public struct TurnTiming: Equatable, Sendable, Codable {
    /// The response.
    public var response: ResponseID
    /// What the user said, when the end of a turn asked for the answer.
    public var item: ItemID?
    /// Unix milliseconds: when the last sound of the user's speech came in; without speech, when the answer was asked for.
    public var startedAt: Int
    /// The turn was declared over.
    public var turnEnded: Int?
    /// What was said was understood, as the answer uses it.
    public var understood: Int?
    /// The language model was asked.
    public var begun: Int?
    /// It had made the first word.
    public var firstWord: Int?
    /// It had made the first clause, and the voice could begin.
    public var firstClause: Int?
    /// The voice had made the first sound.
    public var firstSound: Int?
    /// The first sound was handed to the connection.
    public var firstSent: Int?
    /// The answer was complete, or came to its end.
    public var ended: Int?
    /// Whether it was begun before the turn was over.
    public var wasPrepared = false
    /// How it ended.
    public var status = Response.Status.inProgress

    /// The times of an answer of which nothing is known yet.
    public init(response: ResponseID, item: ItemID? = nil, startedAt: Int) {
        self.response = response
        self.item = item
        self.startedAt = startedAt
    }

    enum CodingKeys: String, CodingKey {
        case response = "response_id"
        case item = "item_id"
        case startedAt = "started_at"
        case turnEnded = "turn_ended"
        case understood
        case begun
        case firstWord = "first_word"
        case firstClause = "first_clause"
        case firstSound = "first_sound"
        case firstSent = "first_sent"
        case ended
        case wasPrepared = "was_prepared"
        case status
    }

    private static let allSteps: [(CodingKeys, any KeyPath<TurnTiming, Int?> & Sendable)] = [
        (.understood, \.understood), (.begun, \.begun), (.firstWord, \.firstWord), (.firstClause, \.firstClause),
        (.firstSound, \.firstSound), (.turnEnded, \.turnEnded), (.firstSent, \.firstSent), (.ended, \.ended),
    ]

    /// The steps by name, in the order in which they mostly come; those that were not reached are missing.
    public var steps: [(name: String, after: Int)] {
        Self.allSteps.compactMap { key, path in self[keyPath: path].map { (key.rawValue, $0) } }
    }

    /// For each step the times at which `timings` reached it.
    public static func steps(of timings: [TurnTiming]) -> [(name: String, after: [Int])] {
        allSteps.map { key, path in (key.rawValue, timings.compactMap { $0[keyPath: path] }) }.filter { !$0.1.isEmpty }
    }
}
