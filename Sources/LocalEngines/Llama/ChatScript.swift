import SpeechEngines

/// A piece of a prompt's text.
enum ScriptPiece: Equatable, Sendable {
    /// Ours or the template's: control tokens in it are meant.
    case scaffold(String)
    /// Somebody else's: text, whatever it spells.
    case content(String)
}

/// A prompt as turns of a chat, the way Qwen and most models after it were taught to call functions.
struct ChatScript: Equatable {
    struct Turn: Equatable {
        var role: String
        var pieces: [ScriptPiece]
    }

    /// The instructions where none are given, as the models' own templates have them. Without any, a coder model may
    /// take a greeting for the title of a document.
    private static let unspecified = "You are a friendly voice assistant. Answer in one or two short spoken sentences."

    private(set) var turns: [Turn] = []

    /// The turns of `prompt`.
    ///
    /// - Parameter isPlain: tells of functions' results in words, as models need it that make nothing of the notation;
    ///   no function is offered then.
    init(_ prompt: Prompt, isPlain: Bool = false) {
        let tools = isPlain || prompt.toolChoice == .none ? [] : prompt.tools
        var calls: [String: String] = [:]
        turns.append(Turn(role: "system", pieces: Self.instructions(prompt.instructions, tools: tools)))
        var isOutput = false
        for message in prompt.messages {
            let wasOutput = isOutput
            isOutput = false
            switch message {
            case .system(let text): add("system", [.content(text)])
            case .user(let text): add("user", [.content(text)])
            case .assistant(let text): add("assistant", text.isEmpty ? [] : [.content(text)], joining: true)
            case .functionCall(let name, let callID, let arguments) where isPlain:
                calls[callID] = "\(name)(\(Self.object(arguments)))"
            case .functionOutput(let callID, let output) where isPlain:
                add(
                    "user",
                    [
                        .scaffold("\nUse this result of "), .content(calls[callID] ?? "the function"),
                        .scaffold(" in your answer: "), .content(output),
                    ], joining: true)
            case .functionCall(let name, _, let arguments):
                let call = "{\"name\": \(JSONText.quoted(name)), \"arguments\": \(Self.object(arguments))}"
                add(
                    "assistant", [.scaffold("<tool_call>\n"), .content(call), .scaffold("\n</tool_call>")],
                    joining: true)
            case .functionOutput(_, let output):
                isOutput = true
                // The end of the block is text in some vocabularies, so that an output could forge it.
                let safe = output.split(separator: "</tool_response>", omittingEmptySubsequences: false)
                    .joined(separator: "<\\/tool_response>")
                add(
                    "user", [.scaffold("<tool_response>\n"), .content(safe), .scaffold("\n</tool_response>")],
                    joining: wasOutput)
            }
        }
        // Models are trained to answer somebody; with nobody there yet, small ones ramble and some templates fail.
        if !turns.contains(where: { $0.role == "user" }) { add("user", [.scaffold("Hello!")]) }
    }

    private mutating func add(_ role: String, _ pieces: [ScriptPiece], joining: Bool = false) {
        guard !pieces.isEmpty else { return }
        if joining, let last = turns.last, last.role == role {
            turns[turns.count - 1].pieces += [.scaffold("\n")] + pieces
        } else {
            turns.append(Turn(role: role, pieces: pieces))
        }
    }

    private static func instructions(_ text: String, tools: [PromptTool]) -> [ScriptPiece] {
        let words: [ScriptPiece] = [text.isEmpty ? .scaffold(unspecified) : .content(text)]
        guard !tools.isEmpty else { return words }
        let signatures = tools.map { tool in
            "{\"type\": \"function\", \"function\": {\"name\": \(JSONText.quoted(tool.name)), \"description\": "
                + "\(JSONText.quoted(tool.description)), \"parameters\": \(object(tool.parameters))}}"
        }
        return words + [
            .scaffold(
                """


                # Tools

                You may call one or more functions to assist with the user query.

                You are provided with function signatures within <tools></tools> XML tags:
                <tools>

                """),
            .content(signatures.joined(separator: "\n")),
            .scaffold(
                """

                </tools>

                For each function call, return a json object with function name and arguments within \
                <tool_call></tool_call> XML tags:
                <tool_call>
                {"name": <function-name>, "arguments": <args-json-object>}
                </tool_call>
                """),
        ]
    }

    /// `text` when it is a JSON object, on one line; else an empty one.
    private static func object(_ text: String) -> String {
        guard let value = JSONText(text), case .object = value else { return "{}" }
        return value.text
    }
}
