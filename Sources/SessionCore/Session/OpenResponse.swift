import RealtimeProtocol
import SpeechEngines

/// A response while it is being made.
struct OpenResponse: Equatable, Sendable {
    let id: ResponseID
    /// Whether its items enter the conversation.
    let isInConversation: Bool
    /// Whether the end of a turn asked for it.
    let isAutomatic: Bool
    /// How it is made: the request's settings, else the session's.
    let settings: Settings
    /// What the model is given instead of the conversation.
    var input: [Entry]?
    /// Whether the user's silence asked for it.
    var followsSilence = false

    /// Whether something it needs is still being understood.
    var isWaiting = true
    /// Its items so far.
    var output: [Entry] = []
    /// What may be added to the last of them.
    var open = OpenPart.none
    /// What the engine counted, or an estimate when it was stopped.
    var promptTokens = 0
    var cachedTokens = 0
    var answerTokens = 0
    /// How much had been heard of the user when its sound began.
    var soundBeganAt: Int?
    /// Milliseconds of the user's speech that the prompt stands for.
    var heardMs = 0

    /// Whether its last item is a whole function call: clients answer that without waiting for `response.done`
    /// (protocol.md F, row 1).
    var hasOnlyItsEndBeforeIt: Bool {
        guard open == .none, case .functionCall? = output.last?.item.body else { return false }
        return output.last?.item.status == .completed
    }

    enum OpenPart: Equatable, Sendable { case none, message, call }

    struct Settings: Equatable, Sendable {
        var modality: Modality
        var instructions: String
        var tools: [Tool]
        var toolChoice: ToolChoice
        var temperature: Double
        var maxTokens: TokenLimit
        var voice: String
        var speed: Double
        var format: AudioFormat
        var metadata: JSONValue?

        /// The most tokens in any case: no answer of the original is longer (protocol.md A.5), and a small model may
        /// talk until its memory is full.
        var mostTokens: Int { maxTokens.count ?? 4096 }
    }

    /// How a response ends.
    enum Outcome: Equatable, Sendable {
        case completed
        case cancelled(reason: String)
        case incomplete(reason: String)
        case failed(code: String, message: String)

        var status: Response.Status {
            switch self {
            case .completed: .completed
            case .cancelled: .cancelled
            case .incomplete: .incomplete
            case .failed: .failed
            }
        }

        var details: Response.StatusDetails? {
            switch self {
            case .completed: nil
            case .cancelled(let reason): .init(type: .cancelled, reason: reason)
            case .incomplete(let reason): .init(type: .incomplete, reason: reason)
            case .failed(let code, let message):
                .init(
                    type: .failed,
                    error: .init(
                        type: code == "conversation_too_long"
                            ? "invalid_request_error" : code == "rate_limit_exceeded" ? code : "server_error",
                        code: code,
                        message: message))
            }
        }
    }

    /// Tokens of what has sounded: words and, 50 ms each, sound.
    var soundedTokens: Int {
        output.reduce(0) { sum, entry in
            sum + entry.clauses.reduce(0) { $0 + $1.words } + entry.spokenTicks / 24 / 50
        }
    }

    /// What the response took: an audio token is 100 ms heard or 50 ms said (protocol.md B.9).
    var usage: Usage {
        let saidMs = output.reduce(0) { $0 + $1.spokenTicks } / 24
        return Usage(
            inputText: promptTokens, inputAudio: heardMs / 100, cachedText: cachedTokens, outputText: answerTokens,
            outputAudio: saidMs / 50)
    }
}
