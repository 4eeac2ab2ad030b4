import RealtimeProtocol

/// What a benchmark says and reads of the Realtime API: a little, so that servers that know little of it can be measured.
///
/// Events are read by their fields, not by the strict types of the protocol: another make's mistakes are not what is
/// measured here.
public struct Wire: Sendable {
    /// How the API is spoken.
    public enum Dialect: String, Sendable, CaseIterable {
        /// As since August 2025.
        case ga
        /// As before: OpenAI's beta and Azure's preview.
        case preview
    }

    /// The dialect.
    public var dialect: Dialect
    /// `silence_duration_ms`, or the server's own.
    public var silence: Int?
    /// How turns are found: `server_vad` or `semantic_vad`, or as the server likes.
    public var detection: String?

    /// What is said to a server.
    public init(dialect: Dialect = .ga, silence: Int? = nil, detection: String? = nil) {
        self.dialect = dialect
        self.silence = silence
        self.detection = detection
    }

    /// The first message: how to answer.
    func update(instructions: String, longestAnswer: Int) -> [UInt8] {
        var turns: JSONObject = [:]
        if detection != nil || silence != nil { turns["type"] = .string(detection ?? "server_vad") }
        if let silence { turns["silence_duration_ms"] = .integer(silence) }
        let transcription: JSONValue = ["model": "whisper-1"]
        var session: JSONObject = ["instructions": .string(instructions)]
        switch dialect {
        case .ga:
            var input: JSONObject = ["transcription": transcription]
            if !turns.members.isEmpty { input["turn_detection"] = .object(turns) }
            session["type"] = "realtime"
            session["max_output_tokens"] = .integer(longestAnswer)
            session["audio"] = ["input": .object(input)]
        case .preview:
            session["max_response_output_tokens"] = .integer(longestAnswer)
            session["input_audio_transcription"] = transcription
            if !turns.members.isEmpty { session["turn_detection"] = .object(turns) }
        }
        return (["type": "session.update", "session": .object(session)] as JSONValue).bytes
    }

    /// Asks for an answer.
    static let answer = (["type": "response.create"] as JSONValue).bytes

    /// Asks for a written answer beside the conversation.
    func request(_ text: String, instructions: String, longestAnswer: Int) -> [UInt8] {
        let content: JSONValue = ["type": "input_text", "text": .string(text)]
        var response: JSONObject = [
            "conversation": "none", "instructions": .string(instructions),
            "input": [["type": "message", "role": "user", "content": [content]]],
        ]
        switch dialect {
        case .ga:
            response["output_modalities"] = ["text"]
            response["max_output_tokens"] = .integer(longestAnswer)
        case .preview:
            response["modalities"] = ["text"]
            response["max_response_output_tokens"] = .integer(longestAnswer)
        }
        return (["type": "response.create", "response": .object(response)] as JSONValue).bytes
    }

    /// What the server said that matters here.
    enum Event: Equatable {
        case sessionUpdated(silence: Int?)
        case speechStarted
        case speechStopped(item: String, atMs: Double?)
        case responseCreated(String)
        case word(response: String, String)
        case sound(response: String, base64: String)
        case responseDone(String, status: String, tokens: Int?)
        case transcribed(item: String, String)
        case failed(String)

        /// Reads a message; `nil` for what doesn't matter.
        init?(_ text: String) {
            guard let event = try? JSONValue(parsing: text), let type = event["type"]?.string else { return nil }
            func string(_ name: String) -> String { event[name]?.string ?? "" }
            switch type {
            case "session.updated":
                let session = event["session"]
                let turns = session?["turn_detection"] ?? session?["audio"]?["input"]?["turn_detection"]
                self = .sessionUpdated(silence: turns?["silence_duration_ms"]?.integer)
            case "input_audio_buffer.speech_started": self = .speechStarted
            case "input_audio_buffer.speech_stopped":
                self = .speechStopped(item: string("item_id"), atMs: event["audio_end_ms"]?.double)
            case "response.created": self = .responseCreated(event["response"]?["id"]?.string ?? "")
            case "response.output_audio_transcript.delta", "response.audio_transcript.delta",
                "response.output_text.delta", "response.text.delta":
                self = .word(response: string("response_id"), string("delta"))
            case "response.output_audio.delta", "response.audio.delta":
                self = .sound(response: string("response_id"), base64: string("delta"))
            case "response.done":
                let response = event["response"]
                self = .responseDone(
                    response?["id"]?.string ?? "", status: response?["status"]?.string ?? "",
                    tokens: response?["usage"]?["output_tokens"]?.integer)
            case "conversation.item.input_audio_transcription.completed":
                self = .transcribed(item: string("item_id"), string("transcript"))
            case "error": self = .failed(event["error"]?["message"]?.string ?? "an error without a message")
            default: return nil
            }
        }
    }
}

extension JSONValue {
    fileprivate var double: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
