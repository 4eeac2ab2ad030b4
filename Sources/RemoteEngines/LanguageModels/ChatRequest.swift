import RealtimeProtocol
import SpeechEngines

/// What `chat/completions` is asked.
enum ChatRequest {
    static func body(model: String, _ prompt: Prompt, _ options: GenerationOptions) -> JSONValue {
        var body: JSONObject = [
            "model": .string(model), "stream": true, "stream_options": ["include_usage": true],
            "temperature": .number(options.temperature), "messages": .array(messages(prompt)),
        ]
        if let limit = options.maxTokens { body["max_tokens"] = .integer(limit) }
        if options.seed != 0 { body["seed"] = .integer(Int(options.seed & 0x7fff_ffff)) }
        if !prompt.tools.isEmpty {
            body["tools"] = .array(prompt.tools.map(tool))
            body["tool_choice"] = choice(prompt.toolChoice)
        }
        return .object(body)
    }

    private static func messages(_ prompt: Prompt) -> [JSONValue] {
        var messages: [JSONValue] = prompt.instructions.isEmpty ? [] : [said("system", prompt.instructions)]
        var calls: [JSONValue] = []
        // Calls that belong together are one message, before the first of their answers.
        func flush() {
            guard !calls.isEmpty else { return }
            messages.append(["role": "assistant", "content": .null, "tool_calls": .array(calls)])
            calls = []
        }
        for message in prompt.messages {
            if case .functionCall(let name, let id, let arguments) = message {
                calls.append([
                    "id": .string(id), "type": "function",
                    "function": ["name": .string(name), "arguments": .string(arguments)],
                ])
                continue
            }
            flush()
            switch message {
            case .system(let text): messages.append(said("system", text))
            case .user(let text): messages.append(said("user", text))
            case .assistant(let text): messages.append(said("assistant", text))
            case .functionOutput(let id, let output):
                messages.append(["role": "tool", "tool_call_id": .string(id), "content": .string(output)])
            case .functionCall: break
            }
        }
        flush()
        return messages
    }

    private static func said(_ role: String, _ text: String) -> JSONValue {
        ["role": .string(role), "content": .string(text)]
    }

    private static func tool(_ tool: PromptTool) -> JSONValue {
        let parameters = try? JSONValue(parsing: Array(tool.parameters.utf8))
        return [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.description),
                "parameters": parameters ?? ["type": "object", "properties": [:]],
            ],
        ]
    }

    private static func choice(_ choice: PromptToolChoice) -> JSONValue {
        switch choice {
        case .auto: "auto"
        case .none: "none"
        case .required: "required"
        case .function(let name): ["type": "function", "function": ["name": .string(name)]]
        }
    }
}
