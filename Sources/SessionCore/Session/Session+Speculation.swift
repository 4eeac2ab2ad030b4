import RealtimeProtocol
import SpeechEngines

/// Answers that are begun before the turn is over.
///
/// A *prepared* response is an ordinary one that nobody has heard of yet: it has its name from birth, and what engines
/// make for it is held. When the turn is confirmed it begins like any other, and what was held happens then, in order;
/// when the user goes on speaking, or the client says anything, it is forgotten. Either way one path leads to the wire.
extension Session {
    /// What has been gained and lost by it so far.
    public struct Speculation: Equatable, Sendable {
        /// Responses that were begun early and used.
        public internal(set) var adopted = 0
        /// Responses that were begun early and forgotten.
        public internal(set) var dropped = 0
        /// Tokens that were made for nothing, as far as they came.
        public internal(set) var wastedTokens = 0
        /// Milliseconds of silence in which answers that were used were made already.
        public internal(set) var savedMs = 0
        /// What may still be lost before one has to be of use: a prompt counts one, and each token one. A session whose
        /// turns go on after each pause seldom tries, until turns end again as they were prepared for.
        var credit = Self.most

        static let most = 40

        /// Nothing yet.
        public init() {}

        /// What several sessions gained and lost together.
        public static func + (one: Self, other: Self) -> Self {
            var sum = one
            sum.adopted += other.adopted
            sum.dropped += other.dropped
            sum.wastedTokens += other.wastedTokens
            sum.savedMs += other.savedMs
            return sum
        }
    }

    /// A response that waits for the turn to end.
    struct Prepared: Equatable, Sendable {
        var response: OpenResponse
        /// The item that it answers.
        var item: ItemID
        /// How much had been heard when it was begun.
        var begunAt: Int
        /// What was understood of the turn.
        var text: String
        /// What was made for it so far.
        var held: [GenerationEvent] = []
    }

    /// The user pauses, and what was said so far is understood: if this was all, this is the answer.
    mutating func prepare(_ text: String, for item: ItemID, into effects: inout [Effect]) {
        if let prepared {
            guard prepared.item != item || !Self.areSameWords(prepared.text, text) else { return }
            dropPrepared(into: &effects)
        }
        guard rules.speculates, speculation.credit > 0, configuration.type == .realtime, !text.isEmpty, active == nil,
            !answerIsOwed, configuration.audio.input.turnDetection?.createsResponse == true,
            !items.contains(where: { $0.understood == nil }), let settings = try? settings(for: ResponseParameters())
        else { return prefill(adding: text.isEmpty ? [] : [.user(text)], into: &effects) }
        var response = OpenResponse(
            id: ResponseID(rawValue: ids.next("resp_")), isInConversation: true, isAutomatic: true, settings: settings)
        response.isWaiting = false
        prepared = Prepared(response: response, item: item, begunAt: heard.end, text: text)
        effects.append(.prepare(response.id, request(for: &response, adding: [.user(text)])))
        prepared?.response = response
    }

    /// Keeps what is made for a prepared response. One that fails is as if it had never been.
    mutating func hold(_ event: GenerationEvent, into effects: inout [Effect]) {
        if case .failed = event { return dropPrepared(into: &effects) }
        prepared?.held.append(event)
    }

    /// Whether two texts differ in case, marks and spaces at most.
    private static func areSameWords(_ one: String, _ other: String) -> Bool {
        func words(_ text: String) -> [String] {
            text.lowercased().split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
        }
        return words(one) == words(other)
    }

    mutating func dropPrepared(into effects: inout [Effect]) {
        guard let dropped = prepared else { return }
        prepared = nil
        effects.append(.cancel(dropped.response.id))
        let tokens = dropped.held.count { if case .text = $0 { true } else { false } }
        speculation.dropped += 1
        speculation.wastedTokens += tokens
        speculation.credit -= 1 + tokens
    }

    /// The turn has ended as it was prepared for. Returns whether it was.
    mutating func adoptPrepared(for item: ItemID, into effects: inout [Effect]) -> Bool {
        guard let adopted = prepared, adopted.item == item, items.last?.id == item, items.last?.understood != nil else {
            dropPrepared(into: &effects)
            speculation.credit = min(Speculation.most, speculation.credit + 1)
            return false
        }
        prepared = nil
        speculation.adopted += 1
        speculation.savedMs += (heard.end - adopted.begunAt) / 24
        speculation.credit = Speculation.most
        unanswered = []
        effects.append(.confirm(adopted.response.id))
        var response = adopted.response
        response.heardMs = heardMs(in: response)
        begin(response, into: &effects)
        for event in adopted.held { handle(event, of: response.id, into: &effects) }
        return true
    }
}
