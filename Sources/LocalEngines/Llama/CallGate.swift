import Foundation
import SpeechEngines

/// Decides, before the first word of an answer, whether the answer is a call or words.
///
/// Left to sampling, a model of half a billion parameters calls a function in one of four turns that ask for none. So
/// four things are added up:
///
/// - how likely the model is to begin with what calls begin with, as log-odds,
/// - whether the user's words have one in common with a function's name, description or parameters,
/// - whether the turn has the form of a statement,
/// - how much likelier the turn is as a request for a function than as talk: see ``TurnReading``. That has to be
///   evaluated, and is left out where the others have decided.
///
/// `docs/function-calls.md` says how well that works.
struct CallGate {
    enum Decision {
        /// The answer is a call.
        case call
        /// It begins with words.
        case words
        /// So it does, though the model would sooner call: asked with the functions in sight, it talks of nothing else.
        case wordsWithoutFunctions
    }

    /// What is added up, in log-odds. The numbers were fitted on the prompts of `Benchmarks/function-calls/tuning.jsonl`.
    private enum Weight {
        /// Of the model's own log-odds; beyond the range they say nothing more.
        static let odds: Float = 0.25
        static let oddsRange: ClosedRange<Float> = -8...4
        static let commonWord: Float = 1.3
        static let statement: Float = -2.5
        /// For each nat per token by which the turn is likelier as a request.
        static let request: Float = 2.5
        /// Added always, so that a sum above 0 is a call.
        static let bias: Float = -0.4
        /// Where the sum without the reading is less, no reading is likely to make up for it.
        static let leastToRead: Float = -1.2
    }

    /// The functions that have most words in common with the user's turn; none when no function has any.
    let relevant: [PromptTool]
    /// The turn, to be read as a request for one of the functions.
    let reading: TurnReading
    private let isStatement: Bool

    /// A gate for the answer to `prompt`.
    init(_ prompt: Prompt) {
        let (said, question) = Self.turn(of: prompt.messages)
        // What answers a question asks for what the question was about, whatever its form.
        isStatement = question == nil && Statement.isOne(said)
        let words = Self.words([question, said].compactMap(\.self).joined(separator: " "))
        let counts = prompt.tools.map { Self.commonWords(words, $0) }
        let most = counts.max() ?? 0
        relevant = most == 0 ? [] : zip(prompt.tools, counts).filter { $0.1 == most }.map(\.0)
        let byRelevance = zip(prompt.tools, counts).enumerated().sorted {
            ($1.element.1, $0.offset) < ($0.element.1, $1.offset)
        }
        reading = TurnReading(of: said, answering: question, tools: byRelevance.map(\.element.0))
    }

    /// The model's log-odds for a call.
    ///
    /// - Parameters:
    ///   - logits: the model's for the first token of the answer.
    ///   - callTokens: the tokens that calls begin with and speech does not.
    static func odds(_ logits: UnsafeBufferPointer<Float>, callTokens: [Int32]) -> Float {
        let most = logits.max() ?? 0
        let all = logits.reduce(0) { $0 + exp($1 - most) }
        let calls = callTokens.reduce(0) { $0 + exp(logits[Int($1)] - most) }
        return log(calls / max(all - calls, .leastNormalMagnitude))
    }

    /// Whether the turn is worth being read.
    func needsReading(odds: Float) -> Bool { sum(odds) > Weight.leastToRead }

    /// What the answer is to be.
    ///
    /// - Parameters:
    ///   - odds: the model's log-odds for a call.
    ///   - request: what the reading says, if there was one.
    func decide(odds: Float, request: Float?) -> Decision {
        if sum(odds) + Weight.request * (request ?? 0) > 0 { return .call }
        return odds > 0 ? .wordsWithoutFunctions : .words
    }

    /// What is known before the turn is read.
    private func sum(_ odds: Float) -> Float {
        Weight.odds * min(max(odds, Weight.oddsRange.lowerBound), Weight.oddsRange.upperBound)
            + (relevant.isEmpty ? 0 : Weight.commonWord) + (isStatement ? Weight.statement : 0) + Weight.bias
    }

    /// What the user said last, and the question that it answers.
    private static func turn(of messages: [PromptMessage]) -> (said: String, question: String?) {
        var said = ""
        for message in messages.reversed() {
            switch message {
            case .user(let text) where said.isEmpty: said = text
            case .assistant(let text) where !said.isEmpty:
                return (said, text.last { !$0.isWhitespace } == "?" ? text : nil)
            default: if !said.isEmpty { return (said, nil) }
            }
        }
        return (said, nil)
    }

    private static func commonWords(_ said: Set<String>, _ tool: PromptTool) -> Int {
        var texts = [tool.name, tool.description]
        for parameter in JSONText(tool.parameters)?["properties"]?.members ?? [] {
            texts += [parameter.key, parameter.value["description"]?.string ?? ""]
            texts += parameter.value["enum"]?.elements?.compactMap(\.string) ?? []
        }
        let offered = words(texts.joined(separator: " "))
        return said.count { word in offered.contains { areAlike(word, $0) } }
    }

    /// Whether two words are forms of one, as `light` and `lights` or `navigate` and `navigation`.
    private static func areAlike(_ one: String, _ other: String) -> Bool {
        let common = zip(one, other).prefix { $0 == $1 }.count
        return one == other || common >= 4 && max(one.count, other.count) - common <= 3
    }

    /// The words that mean something, in lower case; `getWeather` and `get_weather` are two each.
    private static func words(_ text: String) -> Set<String> {
        var words: [String] = [""]
        var wasLower = false
        for character in text {
            if !(character.isLetter || character.isNumber || character == "'") {
                words.append("")
            } else {
                if wasLower, character.isUppercase { words.append("") }
                words[words.count - 1] += character.lowercased()
            }
            wasLower = character.isLowercase
        }
        return Set(words).subtracting(common)
    }

    /// English words that stand in any sentence or in any description.
    private static let common = Set(
        """
        a about an and any are as at be by can could do does for from get give go has have how i if in into is it its \
        later like me my of on one or please set she he so some something such that the there they this to up use user \
        user's want was we what when where which who whose will with would you your
        """.split(separator: " ").map(String.init) + [""])
}
