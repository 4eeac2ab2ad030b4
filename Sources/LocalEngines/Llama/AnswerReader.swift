import SpeechEngines

/// Tells a model's function calls from what it says, while it writes.
///
/// Calls come as `<tool_call>{"name": …, "arguments": {…}}</tool_call>` or, from coder models, as the bare object or in
/// a code fence. Text that may still become a call is held back, so that no listener hears half of one.
struct AnswerReader {
    enum Output: Equatable {
        case text(String)
        case call(name: String, arguments: String)
        case step(FunctionCallStep)

        var isCall: Bool { if case .call = self { true } else { false } }
    }

    private enum State: Equatable {
        /// Nothing but space so far.
        case start
        case text
        /// The text held is a call, or wants to be one.
        case call
        /// A call is complete; only another may follow.
        case afterCall
    }

    private let tools: Set<String>
    private var state = State.start
    private var held = ""
    /// How many bytes of the arguments of the call that is held have been told.
    private var told: Int?

    /// Whether calls are told as they come. Only for a model that is bound to whole and valid ones.
    var tellsSteps = false
    /// Whether the model went on after a call with something else: what it imagines the function to answer.
    private(set) var wentAstray = false

    /// A reader of answers that may call `tools`; without any, all is text.
    init(tools: some Sequence<String>) { self.tools = Set(tools) }

    /// What is certain after more of the answer.
    mutating func take(_ text: String) -> [Output] {
        held += text
        var outputs: [Output] = []
        while advance(into: &outputs) {}
        return outputs
    }

    /// What is left when the answer has ended. An unfinished call is dropped: nobody wants to hear it.
    mutating func finish() -> [Output] {
        defer { held = "" }
        return (state == .start || state == .text) && !held.isEmpty ? [.text(held)] : []
    }

    /// Takes one step; `false` when more text is needed.
    private mutating func advance(into outputs: inout [Output]) -> Bool {
        switch state {
        case .start, .afterCall:
            held = String(held.drop(while: \.isWhitespace))
            guard !held.isEmpty else { return false }
            switch tools.isEmpty ? .no : CallStart(held) {
            case .yes: state = .call
            case .maybe: return false
            case .no where state == .afterCall:
                wentAstray = true
                held = ""
                return false
            case .no: state = .text
            }
            return true
        case .text: return speak(into: &outputs)
        case .call: return complete(into: &outputs)
        }
    }

    private mutating func speak(into outputs: inout [Output]) -> Bool {
        let start = tools.isEmpty ? nil : CallStart.firstCandidate(in: held)
        if let start, start > held.startIndex {
            outputs.append(.text(String(held[..<start])))
            held = String(held[start...])
        }
        guard !held.isEmpty else { return false }
        guard start != nil else {
            outputs.append(.text(held))
            held = ""
            return false
        }
        switch CallStart(held) {
        case .yes:
            state = .call
            return true
        case .maybe: return false
        case .no:
            // The first character is no start of a call; look again behind it.
            outputs.append(.text(String(held.removeFirst())))
            return true
        }
    }

    private mutating func complete(into outputs: inout [Output]) -> Bool {
        if tellsSteps { tell(into: &outputs) }
        guard let brace = held.firstIndex(of: "{"), let end = JSONText.endOfValue(in: held[brace...]) else {
            return false
        }
        if told != nil {
            told = nil
            outputs.append(.step(.ended))
            state = .afterCall
        } else if let call = call(in: held[brace..<end]) {
            outputs.append(call)
            state = .afterCall
        } else {
            // Not a call of anything that exists: it was meant as text.
            outputs.append(.text(String(held[..<end])))
            state = .text
        }
        held = String(held[end...].drop(while: \.isWhitespace))
        for closing in ["</tool_call>", "```"] where held.hasPrefix(closing) { held.removeFirst(closing.count) }
        return true
    }

    /// Tells what is new of the call that is held, from the moment at which its name is known.
    private mutating func tell(into outputs: inout [Output]) {
        guard let brace = held.firstIndex(of: "{"), let key = held.firstRange(of: #""arguments":"#),
            let start = held[key.upperBound...].firstIndex(of: "{")
        else { return }
        if told == nil {
            let head = held[brace..<key.lowerBound].reversed().drop { $0 == " " || $0 == "," }.reversed()
            guard let name = JSONText(String(head) + "}")?["name"]?.string, tools.contains(name) else { return }
            told = 0
            outputs.append(.step(.began(name: name)))
        }
        let arguments = held[start..<(JSONText.endOfValue(in: held[start...]) ?? held.endIndex)]
        guard let told, arguments.utf8.count > told else { return }
        outputs.append(.step(.arguments(String(arguments.utf8.dropFirst(told)) ?? "")))
        self.told = arguments.utf8.count
    }

    private func call(in text: Substring) -> Output? {
        guard let object = JSONText(text), let name = object["name"]?.string, tools.contains(name) else { return nil }
        switch object["arguments"] ?? object["parameters"] ?? .object([]) {
        case .object(let members): return .call(name: name, arguments: JSONText.object(members).text)
        case .string(let inner): return JSONText(inner).map { .call(name: name, arguments: $0.text) }
        default: return nil
        }
    }
}

/// Whether text begins with a function call.
private enum CallStart: Equatable {
    case yes, no, maybe

    private static let tag = "<tool_call>"
    private static let fences = ["```json", "```"]

    init(_ text: String) {
        var rest = Substring(text)
        for opener in [Self.tag] + Self.fences {
            if rest.hasPrefix(opener) {
                rest = rest.dropFirst(opener.count).drop(while: \.isWhitespace)
                break
            }
            if opener.hasPrefix(rest) {
                self = .maybe
                return
            }
        }
        guard let first = rest.first else {
            self = .maybe
            return
        }
        rest = rest.dropFirst().drop(while: \.isWhitespace)
        let key = "\"name\""
        if first != "{" {
            self = .no
        } else if text.hasPrefix(Self.tag) || rest.hasPrefix(key) {
            self = .yes
        } else {
            self = key.hasPrefix(rest) ? .maybe : .no
        }
    }

    /// Where in `text` a call might begin: at a brace, a tag or a fence, whole or cut off.
    static func firstCandidate(in text: String) -> String.Index? {
        text.indices.first { index in
            switch text[index] {
            case "{": return true
            case "<": return text[index...].hasPrefix(tag) || tag.hasPrefix(text[index...])
            case "`": return fences.contains { text[index...].hasPrefix($0) || $0.hasPrefix(text[index...]) }
            default: return false
            }
        }
    }
}
