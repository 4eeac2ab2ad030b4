import RealtimeProtocol
import SpeechEngines

/// The answer of `chat/completions` as it comes, chunk by chunk.
struct ChatReply {
    /// Whether the service has said that no more comes.
    private(set) var isOver = false
    private var finish: String?
    private var call: Int?
    private var completion = LanguageModelEvent.Completion()

    /// Takes the data of an event.
    ///
    /// - Throws: ``EngineError`` if it is an error of the service, or nothing that is known.
    mutating func take(_ data: [UInt8]) throws(EngineError) -> [LanguageModelEvent] {
        guard data != Array("[DONE]".utf8) else {
            isOver = true
            return []
        }
        guard let chunk = try? JSONValue(parsing: data), chunk.object != nil else {
            throw EngineError(.failed, "it sent what is no JSON: \(String(decoding: data.prefix(100), as: UTF8.self))")
        }
        if let error = chunk["error"], error != .null {
            throw EngineError(.failed, error["message"]?.string ?? error.string ?? "it sent an error without a message")
        }
        if let usage = chunk["usage"], usage != .null {
            completion.promptTokens = usage["prompt_tokens"]?.integer ?? 0
            completion.cachedTokens = usage["prompt_tokens_details"]?["cached_tokens"]?.integer ?? 0
            completion.answerTokens = usage["completion_tokens"]?.integer ?? 0
        }
        guard let choice = chunk["choices"]?.array?.first else { return [] }
        var events: [LanguageModelEvent] = []
        if let text = choice["delta"]?["content"]?.string, !text.isEmpty { events.append(.text(text)) }
        for part in choice["delta"]?["tool_calls"]?.array ?? [] { events += take(call: part) }
        if let reason = choice["finish_reason"]?.string { finish = reason }
        return events
    }

    /// The first part of a call has its name; each further one only more of its arguments.
    private mutating func take(call part: JSONValue) -> [LanguageModelEvent] {
        let index = part["index"]?.integer ?? 0
        var events: [LanguageModelEvent] = []
        if index != call {
            if call != nil { events.append(.call(.ended)) }
            call = index
            events.append(.call(.began(name: part["function"]?["name"]?.string ?? "")))
        }
        if let arguments = part["function"]?["arguments"]?.string, !arguments.isEmpty {
            events.append(.call(.arguments(arguments)))
        }
        return events
    }

    /// What is left to say at the end; `nil` if the answer is not whole.
    mutating func end() -> [LanguageModelEvent]? {
        guard let finish else { return nil }
        completion.reachedLimit = finish == "length"
        return (call == nil ? [] : [.call(.ended)]) + [.finished(completion)]
    }
}
