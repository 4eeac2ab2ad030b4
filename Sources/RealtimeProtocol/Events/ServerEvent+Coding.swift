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
        case .conversationCreated(let fields): (.conversationCreated, fields)
        case .inputAudioTranscriptionSegment(let fields): (.inputAudioTranscriptionSegment, fields)
        case .inputAudioBufferTimeoutTriggered(let fields): (.inputAudioBufferTimeoutTriggered, fields)
        case .inputAudioBufferDTMFEventReceived(let fields): (.inputAudioBufferDTMFEventReceived, fields)
        case .outputAudioBufferStarted(let fields): (.outputAudioBufferStarted, fields)
        case .outputAudioBufferStopped(let fields): (.outputAudioBufferStopped, fields)
        case .outputAudioBufferCleared(let fields): (.outputAudioBufferCleared, fields)
        case .responseMCPCallArgumentsDelta(let fields): (.responseMCPCallArgumentsDelta, fields)
        case .responseMCPCallArgumentsDone(let fields): (.responseMCPCallArgumentsDone, fields)
        case .responseMCPCallInProgress(let fields): (.responseMCPCallInProgress, fields)
        case .responseMCPCallCompleted(let fields): (.responseMCPCallCompleted, fields)
        case .responseMCPCallFailed(let fields): (.responseMCPCallFailed, fields)
        case .mcpListToolsInProgress(let fields): (.mcpListToolsInProgress, fields)
        case .mcpListToolsCompleted(let fields): (.mcpListToolsCompleted, fields)
        case .mcpListToolsFailed(let fields): (.mcpListToolsFailed, fields)
        case .sessionInputTranscriptDelta(let fields): (.sessionInputTranscriptDelta, fields)
        case .sessionOutputTranscriptDelta(let fields): (.sessionOutputTranscriptDelta, fields)
        case .sessionOutputAudioDelta(let fields): (.sessionOutputAudioDelta, fields)
        case .sessionClosed(let fields): (.sessionClosed, fields)
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
        eventID =
            kind == .inputAudioBufferDTMFEventReceived || decoder.isLenient
            ? try container.decodeIfPresent(EventID.self, forKey: .eventID)
            : try container.decode(EventID.self, forKey: .eventID)
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
            case .conversationCreated: .conversationCreated(try .init(from: decoder))
            case .inputAudioTranscriptionSegment: .inputAudioTranscriptionSegment(try .init(from: decoder))
            case .inputAudioBufferTimeoutTriggered: .inputAudioBufferTimeoutTriggered(try .init(from: decoder))
            case .inputAudioBufferDTMFEventReceived: .inputAudioBufferDTMFEventReceived(try .init(from: decoder))
            case .outputAudioBufferStarted: .outputAudioBufferStarted(try .init(from: decoder))
            case .outputAudioBufferStopped: .outputAudioBufferStopped(try .init(from: decoder))
            case .outputAudioBufferCleared: .outputAudioBufferCleared(try .init(from: decoder))
            case .responseMCPCallArgumentsDelta: .responseMCPCallArgumentsDelta(try .init(from: decoder))
            case .responseMCPCallArgumentsDone: .responseMCPCallArgumentsDone(try .init(from: decoder))
            case .responseMCPCallInProgress: .responseMCPCallInProgress(try .init(from: decoder))
            case .responseMCPCallCompleted: .responseMCPCallCompleted(try .init(from: decoder))
            case .responseMCPCallFailed: .responseMCPCallFailed(try .init(from: decoder))
            case .mcpListToolsInProgress: .mcpListToolsInProgress(try .init(from: decoder))
            case .mcpListToolsCompleted: .mcpListToolsCompleted(try .init(from: decoder))
            case .mcpListToolsFailed: .mcpListToolsFailed(try .init(from: decoder))
            case .sessionInputTranscriptDelta: .sessionInputTranscriptDelta(try .init(from: decoder))
            case .sessionOutputTranscriptDelta: .sessionOutputTranscriptDelta(try .init(from: decoder))
            case .sessionOutputAudioDelta: .sessionOutputAudioDelta(try .init(from: decoder))
            case .sessionClosed: .sessionClosed(try .init(from: decoder))
            }
    }

    /// Writes `type` first, then the event's name, then what it says.
    public func encode(to encoder: any Encoder) throws {
        let (kind, fields) = content
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .type)
        try container.encodeIfPresent(eventID, forKey: .eventID)
        try fields.encode(to: encoder)
    }
}
