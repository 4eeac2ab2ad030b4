import RealtimeProtocol
import SpeechEngines

/// What a language model is given of a conversation.
extension Session {
    /// Added to a client's own instructions when the answer is spoken.
    static let spokenStyle =
        "Your words are spoken aloud: answer in plain short sentences, without lists, markdown or code."

    /// With what an answer begins that nobody asked for: the model greets.
    static let opening = PromptMessage.user("Hello!")

    /// With what an answer begins for which a long silence asked (protocol.md C.16).
    static let silence = PromptMessage.user("(I have said nothing for a while. Ask briefly whether I am still there.)")

    /// The prompt for a response, or for the next one if there is none yet.
    func prompt(for response: OpenResponse?, adding more: [PromptMessage]) -> Prompt {
        let settings = response?.settings
        var messages = entries(for: response).compactMap { message(for: $0) } + more
        if response?.followsSilence == true { messages.append(Self.silence) }
        if response != nil, !messages.contains(where: \.isFromOutside) { messages.append(Self.opening) }
        let modality = settings?.modality ?? configuration.outputModalities.first ?? .audio
        var instructions = settings?.instructions ?? configuration.instructions
        if modality == .audio, instructions != Self.defaultInstructions {
            instructions += (instructions.isEmpty ? "" : "\n") + Self.spokenStyle
        }
        let choice = settings?.toolChoice ?? configuration.toolChoice
        return Prompt(
            conversation: ConversationKey(configuration.id), instructions: instructions,
            tools: choice == .none ? [] : (settings?.tools ?? configuration.tools).compactMap(PromptTool.init),
            toolChoice: PromptToolChoice(choice), messages: messages)
    }

    func heardMs(in response: OpenResponse) -> Int { entries(for: response).reduce(0) { $0 + $1.heardMs } }

    private func entries(for response: OpenResponse?) -> [Entry] {
        guard let input = response?.input else { return items.filter { !$0.isLeftOut } }
        // A reference is to the item as it is now.
        return input.map { entry in items.first { $0.id == entry.id } ?? entry }
    }

    /// What an item says, or `nil` if it says nothing (yet) or is no longer told.
    func message(for entry: Entry) -> PromptMessage? {
        guard !entry.isLeftOut else { return nil }
        switch entry.item.body {
        case .functionCall(let callID, let name, let arguments):
            // Half a call says nothing.
            return entry.item.status != .completed
                ? nil : .functionCall(name: name, callID: callID.rawValue, arguments: arguments)
        case .functionCallOutput(let callID, let output):
            return .functionOutput(callID: callID.rawValue, output: output)
        case .mcpListTools, .mcpCall, .mcpApprovalRequest, .mcpApprovalResponse: return nil
        case .message(let role, let content):
            var isUnderstood = false  // all speech of an item is understood as one
            let text = content.compactMap { part in
                switch part {
                case .inputAudio(nil, _):
                    defer { isUnderstood = true }
                    return isUnderstood ? nil : entry.understood
                case .inputImage: return "(An image that you cannot see.)"
                case .outputAudio: return entry.heardWords ?? part.text
                default: return part.text
                }
            }.filter { !$0.isEmpty }.joined(separator: "\n")
            guard !text.isEmpty else { return nil }
            return switch role {
            case .system: .system(text)
            case .user: .user(text)
            case .assistant: .assistant(text)
            }
        }
    }
}

extension PromptMessage {
    /// Whether it gives the model something to answer.
    fileprivate var isFromOutside: Bool {
        switch self {
        case .user, .functionOutput: true
        case .system, .assistant, .functionCall: false
        }
    }
}

extension PromptTool {
    fileprivate init?(_ tool: Tool) {
        guard case .function(let tool) = tool else { return nil }
        self.init(
            name: tool.name, description: tool.description ?? "",
            parameters: (tool.parameters ?? ["type": "object", "properties": [:]]).text)
    }
}

extension PromptToolChoice {
    fileprivate init(_ choice: ToolChoice) {
        switch choice {
        case .auto: self = .auto
        case .none: self = .none
        case .required: self = .required
        case .function(let name): self = .function(name)
        case .mcp: self = .auto
        }
    }
}
