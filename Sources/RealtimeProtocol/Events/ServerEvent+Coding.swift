extension ServerEvent {
    private enum CodingKeys: CodingKey { case type, eventID }

    /// Its type and its fields. One row for each event: the compiler finds a forgotten one.
    private var content: (kind: Kind, fields: any Encodable) {
        switch body {
        case .error(let fields): (.error, fields)
        case .sessionCreated(let fields): (.sessionCreated, fields)
        case .sessionUpdated(let fields): (.sessionUpdated, fields)
        case .conversationItemAdded(let fields): (.conversationItemAdded, fields)
        case .conversationItemDone(let fields): (.conversationItemDone, fields)
        case .conversationItemRetrieved(let fields): (.conversationItemRetrieved, fields)
        case .conversationItemTruncated(let fields): (.conversationItemTruncated, fields)
        case .conversationItemDeleted(let fields): (.conversationItemDeleted, fields)
        case .inputAudioTranscriptionDelta(let fields): (.inputAudioTranscriptionDelta, fields)
        case .inputAudioTranscriptionCompleted(let fields): (.inputAudioTranscriptionCompleted, fields)
        case .inputAudioTranscriptionFailed(let fields): (.inputAudioTranscriptionFailed, fields)
        case .inputAudioBufferCommitted(let fields): (.inputAudioBufferCommitted, fields)
        case .inputAudioBufferCleared(let fields): (.inputAudioBufferCleared, fields)
        case .inputAudioBufferSpeechStarted(let fields): (.inputAudioBufferSpeechStarted, fields)
        case .inputAudioBufferSpeechStopped(let fields): (.inputAudioBufferSpeechStopped, fields)
        case .responseCreated(let fields): (.responseCreated, fields)
        case .responseDone(let fields): (.responseDone, fields)
        case .responseOutputItemAdded(let fields): (.responseOutputItemAdded, fields)
        case .responseOutputItemDone(let fields): (.responseOutputItemDone, fields)
        case .responseContentPartAdded(let fields): (.responseContentPartAdded, fields)
        case .responseContentPartDone(let fields): (.responseContentPartDone, fields)
        case .responseOutputTextDelta(let fields): (.responseOutputTextDelta, fields)
        case .responseOutputTextDone(let fields): (.responseOutputTextDone, fields)
        case .responseOutputAudioTranscriptDelta(let fields): (.responseOutputAudioTranscriptDelta, fields)
        case .responseOutputAudioTranscriptDone(let fields): (.responseOutputAudioTranscriptDone, fields)
        case .responseOutputAudioDelta(let fields): (.responseOutputAudioDelta, fields)
        case .responseOutputAudioDone(let fields): (.responseOutputAudioDone, fields)
        case .responseFunctionCallArgumentsDelta(let fields): (.responseFunctionCallArgumentsDelta, fields)
        case .responseFunctionCallArgumentsDone(let fields): (.responseFunctionCallArgumentsDone, fields)
        case .rateLimitsUpdated(let fields): (.rateLimitsUpdated, fields)
        }
    }

    /// Its type.
    public var kind: Kind { content.kind }
}

extension ServerEvent: Codable {
    /// Reads an event by its `type`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let kind = try container.decode(Kind.self, forKey: .type)
        eventID = try container.decode(EventID.self, forKey: .eventID)
        body =
            switch kind {
            case .error: .error(try .init(from: decoder))
            case .sessionCreated: .sessionCreated(try .init(from: decoder))
            case .sessionUpdated: .sessionUpdated(try .init(from: decoder))
            case .conversationItemAdded: .conversationItemAdded(try .init(from: decoder))
            case .conversationItemDone: .conversationItemDone(try .init(from: decoder))
            case .conversationItemRetrieved: .conversationItemRetrieved(try .init(from: decoder))
            case .conversationItemTruncated: .conversationItemTruncated(try .init(from: decoder))
            case .conversationItemDeleted: .conversationItemDeleted(try .init(from: decoder))
            case .inputAudioTranscriptionDelta: .inputAudioTranscriptionDelta(try .init(from: decoder))
            case .inputAudioTranscriptionCompleted: .inputAudioTranscriptionCompleted(try .init(from: decoder))
            case .inputAudioTranscriptionFailed: .inputAudioTranscriptionFailed(try .init(from: decoder))
            case .inputAudioBufferCommitted: .inputAudioBufferCommitted(try .init(from: decoder))
            case .inputAudioBufferCleared: .inputAudioBufferCleared(try .init(from: decoder))
            case .inputAudioBufferSpeechStarted: .inputAudioBufferSpeechStarted(try .init(from: decoder))
            case .inputAudioBufferSpeechStopped: .inputAudioBufferSpeechStopped(try .init(from: decoder))
            case .responseCreated: .responseCreated(try .init(from: decoder))
            case .responseDone: .responseDone(try .init(from: decoder))
            case .responseOutputItemAdded: .responseOutputItemAdded(try .init(from: decoder))
            case .responseOutputItemDone: .responseOutputItemDone(try .init(from: decoder))
            case .responseContentPartAdded: .responseContentPartAdded(try .init(from: decoder))
            case .responseContentPartDone: .responseContentPartDone(try .init(from: decoder))
            case .responseOutputTextDelta: .responseOutputTextDelta(try .init(from: decoder))
            case .responseOutputTextDone: .responseOutputTextDone(try .init(from: decoder))
            case .responseOutputAudioTranscriptDelta: .responseOutputAudioTranscriptDelta(try .init(from: decoder))
            case .responseOutputAudioTranscriptDone: .responseOutputAudioTranscriptDone(try .init(from: decoder))
            case .responseOutputAudioDelta: .responseOutputAudioDelta(try .init(from: decoder))
            case .responseOutputAudioDone: .responseOutputAudioDone(try .init(from: decoder))
            case .responseFunctionCallArgumentsDelta: .responseFunctionCallArgumentsDelta(try .init(from: decoder))
            case .responseFunctionCallArgumentsDone: .responseFunctionCallArgumentsDone(try .init(from: decoder))
            case .rateLimitsUpdated: .rateLimitsUpdated(try .init(from: decoder))
            }
    }

    /// Writes `type` first, then the event's name, then what it says.
    public func encode(to encoder: any Encoder) throws {
        let (kind, fields) = content
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .type)
        try container.encode(eventID, forKey: .eventID)
        try fields.encode(to: encoder)
    }
}
