import RealtimeProtocol
import SpeechEngines

/// What a language model is given of a conversation.
extension Session {
    /// Added to a client's own instructions when the answer is spoken.
    static let spokenStyle =
        "Your words are spoken aloud: answer in plain short sentences, without lists, markdown or code."

    /// With what an answer begins that nobody asked for: the model greets.
    static let opening = PromptMessage.user("Hello!")

    /// The prompt for a response, or for the next one if there is none yet.
    func prompt(for response: OpenResponse?, adding more: [PromptMessage]) -> Prompt {
        let settings = response?.settings
        var messages = entries(for: response).compactMap { message(for: $0) } + more
        messages.removeFirst(min(response?.skippedMessages ?? 0, max(0, messages.count - 1)))
        if response != nil, !messages.contains(where: \.isFromOutside) { messages.append(Self.opening) }
        let modality = settings?.modality ?? configuration.outputModalities.first ?? .audio
        var instructions = settings?.instructions ?? configuration.instructions
        if modality == .audio, instructions != Self.defaultInstructions {
            instructions += (instructions.isEmpty ? "" : "\n") + Self.spokenStyle
        }
        let choice = settings?.toolChoice ?? configuration.toolChoice
        return Prompt(
            conversation: ConversationKey(configuration.id), instructions: instructions,
            tools: choice == .none ? [] : (settings?.tools ?? configuration.tools).map(PromptTool.init),
            toolChoice: PromptToolChoice(choice), messages: messages)
    }

    /// Messages of the conversation that a response's prompt still holds.
    func messagesLeft(for response: OpenResponse) -> Int {
        entries(for: response).count { message(for: $0) != nil } - response.skippedMessages
    }

    func heardMs(in response: OpenResponse) -> Int { entries(for: response).reduce(0) { $0 + $1.heardMs } }

    private func entries(for response: OpenResponse?) -> [Entry] {
        guard let input = response?.input else { return items }
        let known = Dictionary(items.map { ($0.id, $0) }) { first, _ in first }
        return input.compactMap { input in
            switch input {
            case .reference(let id): known[id]
            case .item(let item): Entry(item: item)
            }
        }
    }

    /// What an item says, or `nil` if it says nothing (yet).
    func message(for entry: Entry) -> PromptMessage? {
        switch entry.item.body {
        case .functionCall(let callID, let name, let arguments):
            return entry.item.status == .inProgress
                ? nil : .functionCall(name: name, callID: callID.rawValue, arguments: arguments)
        case .functionCallOutput(let callID, let output):
            return .functionOutput(callID: callID.rawValue, output: output)
        case .message(let role, let content):
            var isUnderstood = false  // all speech of an item is understood as one
            let text = content.compactMap { part in
                switch part {
                case .inputAudio(nil, _):
                    defer { isUnderstood = true }
                    return isUnderstood ? nil : entry.understood
                case .inputImage: return "(An image that you cannot see.)"
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
    fileprivate init(_ tool: Tool) {
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
        }
    }
}
