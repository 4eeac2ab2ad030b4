import SpeechEngines

/// What the user's turn may be: a request for one of the functions, or talk of another kind.
///
/// Asked outright whether a turn wants a function, a model of half a billion parameters answers at random. But it knows
/// how people speak: after "A user asks the assistant a general question. The user says:" it finds "How does a lock
/// work?" likelier than after "A user wants the assistant to do this: Lock or unlock a door." So each function and each
/// kind of talk gets such a beginning, and the turn's likelihood after one is held against that after the others.
struct TurnReading: Equatable {
    /// A text that the turn may follow.
    struct Beginning: Equatable {
        /// What the user is up to. It stays the same from turn to turn.
        var situation: String
        /// What comes between it and the turn.
        var lead: String
    }

    /// What else a user may be up to. Without any one of these, more of that kind passes for a request.
    static let talk = [
        "A user wants to chat with the assistant.", "A user asks the assistant a general question.",
        "A user tells the assistant about something.",
    ]
    /// Functions that are weighed at most; each costs as much as a kind of talk.
    private static let mostTools = 6
    /// Characters of a description that are read: its first sentences.
    private static let longestDescription = 160
    /// Characters of the assistant's question that are read: its end.
    private static let longestQuestion = 160

    /// The functions that are weighed.
    let tools: [PromptTool]
    /// A beginning for each function, then one for each kind of talk.
    let beginnings: [Beginning]
    /// The user's turn with its closing quotation mark.
    let turn: String

    /// A reading of `said`, which may answer `question`, as a request for one of `tools`; the first of them count most.
    init(of said: String, answering question: String? = nil, tools: [PromptTool]) {
        self.tools = Array(tools.prefix(Self.mostTools))
        let asked = question.map { " The assistant says: \"\($0.suffix(Self.longestQuestion))\"" } ?? ""
        beginnings = (self.tools.map(Self.request) + Self.talk).map {
            Beginning(situation: $0, lead: asked + " The user says: \"")
        }
        turn = said + "\""
    }

    /// How much likelier the turn is as a request than as talk, in nats for each of its tokens.
    ///
    /// - Parameter likelihoods: the logarithms of the turn's after each beginning, for each of its tokens.
    func request(_ likelihoods: [Float]) -> Float {
        let requests = likelihoods.prefix(tools.count).max() ?? 0
        let talk = likelihoods.dropFirst(tools.count).max() ?? 0
        return requests - talk
    }

    private static func request(_ tool: PromptTool) -> String {
        let name = tool.name.map { $0 == "_" || $0 == "-" ? " " : String($0) }.joined()
        var task = String((tool.description.isEmpty ? name : tool.description).prefix(longestDescription))
        while let last = task.last, last.isWhitespace || last == "." { task.removeLast() }
        return "A user wants the assistant to do this: \(task)."
    }
}
