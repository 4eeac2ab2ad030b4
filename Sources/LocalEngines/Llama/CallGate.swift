import Foundation
import SpeechEngines

/// Decides, before the first word of an answer, whether the answer is a call or words.
///
/// Left to sampling, a model of half a billion parameters calls a function in one of four turns that ask for none, most
/// often when the turn has nothing to do with any function. So two things are added up, and neither costs another
/// evaluation:
///
/// - how likely the model is to begin with what calls begin with, as log-odds,
/// - whether the user's words have one in common with a function's name, description or parameters.
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

    /// What a word in common is worth, in log-odds.
    private static let bonus: Float = 5
    /// The least sum that is a call.
    ///
    /// Both numbers were chosen on the 60 prompts of `Benchmarks/function-calls/tuning.jsonl`, for SmolLM2 135M and
    /// Qwen2.5-Coder 0.5B alike, so that no more than one in ten turns that ask for no call gets one there. Elsewhere
    /// more do. Without a common word the model has to be all but certain (88 %); with one, 5 % are enough.
    private static let bound: Float = 2

    /// The functions that have most words in common with the user's turn; none when no function has any.
    let relevant: [PromptTool]

    /// A gate for the answer to `prompt`.
    init(_ prompt: Prompt) {
        let said = Self.words(Self.turn(of: prompt.messages))
        let counts = prompt.tools.map { Self.commonWords(said, $0) }
        let most = counts.max() ?? 0
        relevant = most == 0 ? [] : zip(prompt.tools, counts).filter { $0.1 == most }.map(\.0)
    }

    /// What the answer is to be.
    ///
    /// - Parameters:
    ///   - logits: the model's for the first token of the answer.
    ///   - callTokens: the tokens that calls begin with and speech does not.
    func decide(_ logits: UnsafeBufferPointer<Float>, callTokens: [Int32]) -> Decision {
        let most = logits.max() ?? 0
        let all = logits.reduce(0) { $0 + exp($1 - most) }
        let calls = callTokens.reduce(0) { $0 + exp(logits[Int($1)] - most) }
        let odds = log(calls / max(all - calls, .leastNormalMagnitude))
        if odds + (relevant.isEmpty ? 0 : Self.bonus) > Self.bound { return .call }
        return odds > 0 ? .wordsWithoutFunctions : .words
    }

    /// What the user said last, with the question that it answers.
    private static func turn(of messages: [PromptMessage]) -> String {
        var turn = ""
        for message in messages.reversed() {
            switch message {
            case .user(let text) where turn.isEmpty: turn = text
            case .assistant(let text) where !turn.isEmpty:
                return text.last { !$0.isWhitespace } == "?" ? "\(text) \(turn)" : turn
            default: if !turn.isEmpty { return turn }
            }
        }
        return turn
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
