/// What the server says (protocol.md B.3).
public struct ServerEvent: Equatable, Sendable {
    /// Its name, which no other event of the session has; `nil` for the one kind that has none.
    public var eventID: EventID?
    /// What it says.
    public var body: Body

    /// An event.
    public init(eventID: EventID?, _ body: Body) {
        self.eventID = eventID
        self.body = body
    }

    /// What a server can say.
    public enum Body: Equatable, Sendable {
        /// Something was wrong; the session goes on.
        case error(ErrorEvent)
        /// The first event of all.
        case sessionCreated(SessionEvent)
        /// The answer to each `session.update`.
        case sessionUpdated(SessionEvent)
        /// An item is in the conversation.
        case conversationItemAdded(ItemEvent)
        /// An item is whole.
        case conversationItemDone(ItemEvent)
        /// An item, with its audio.
        case conversationItemRetrieved(ItemRetrieved)
        /// An answer was cut to what was heard.
        case conversationItemTruncated(ItemTruncation)
        /// An item is gone.
        case conversationItemDeleted(ItemReference)
        /// More of what the user said.
        case inputAudioTranscriptionDelta(TranscriptionDelta)
        /// All of what the user said.
        case inputAudioTranscriptionCompleted(TranscriptionCompleted)
        /// What the user said could not be written down.
        case inputAudioTranscriptionFailed(TranscriptionFailed)
        /// What was buffered is an item.
        case inputAudioBufferCommitted(InputAudioBufferCommitted)
        /// What was buffered is gone.
        case inputAudioBufferCleared(NoFields)
        /// The user speaks.
        case inputAudioBufferSpeechStarted(SpeechStarted)
        /// The user is silent.
        case inputAudioBufferSpeechStopped(SpeechStopped)
        /// A response begins.
        case responseCreated(ResponseEvent)
        /// A response has ended.
        case responseDone(ResponseEvent)
        /// A response has a further item.
        case responseOutputItemAdded(OutputItemEvent)
        /// The item is whole.
        case responseOutputItemDone(OutputItemEvent)
        /// An item has a part.
        case responseContentPartAdded(ContentPartEvent)
        /// The part is whole.
        case responseContentPartDone(ContentPartEvent)
        /// More written text.
        case responseOutputTextDelta(PartDelta)
        /// All of the written text.
        case responseOutputTextDone(PartText)
        /// More of what is said, in words.
        case responseOutputAudioTranscriptDelta(PartDelta)
        /// All of what is said, in words.
        case responseOutputAudioTranscriptDone(PartTranscript)
        /// More of what is said, as base64 of audio.
        case responseOutputAudioDelta(PartDelta)
        /// The audio is whole.
        case responseOutputAudioDone(PartEnd)
        /// More of a call's arguments.
        case responseFunctionCallArgumentsDelta(ArgumentsDelta)
        /// All of a call's arguments.
        case responseFunctionCallArgumentsDone(ArgumentsDone)
        /// What the client may still use.
        case rateLimitsUpdated(RateLimits)
        /// There is a conversation. Part of every client's list, but no service sends it, and neither does this server
        /// (protocol.md B.3).
        case conversationCreated(ConversationCreated)
        /// What one of several speakers said; of models that tell speakers apart.
        case inputAudioTranscriptionSegment(TranscriptionSegment)
        /// The user has been silent for long.
        case inputAudioBufferTimeoutTriggered(TimeoutTriggered)
        /// The caller pressed a key. The only event without a name.
        case inputAudioBufferDTMFEventReceived(DTMFEventReceived)
        /// The answer begins to sound. Of WebRTC and SIP, where the server plays it.
        case outputAudioBufferStarted(ResponseReference)
        /// The answer has sounded to its end.
        case outputAudioBufferStopped(ResponseReference)
        /// The answer was cut off.
        case outputAudioBufferCleared(ResponseReference)
        /// More of the arguments of a call to an MCP server's tool.
        case responseMCPCallArgumentsDelta(MCPArgumentsDelta)
        /// All of those arguments.
        case responseMCPCallArgumentsDone(MCPArgumentsDone)
        /// An MCP server's tool is being called.
        case responseMCPCallInProgress(MCPCallEvent)
        /// The MCP server has answered.
        case responseMCPCallCompleted(MCPCallEvent)
        /// The MCP server has failed.
        case responseMCPCallFailed(MCPCallEvent)
        /// An MCP server is asked for its tools.
        case mcpListToolsInProgress(ItemReference)
        /// Its tools are known.
        case mcpListToolsCompleted(ItemReference)
        /// It could not be asked.
        case mcpListToolsFailed(ItemReference)
        /// More of what is heard in a translation session (protocol.md B.13).
        case sessionInputTranscriptDelta(TranslationTextDelta)
        /// More of its translation, in words.
        case sessionOutputTranscriptDelta(TranslationTextDelta)
        /// More of its translation, as base64 of audio.
        case sessionOutputAudioDelta(TranslationAudioDelta)
        /// A translation session has ended.
        case sessionClosed(NoFields)
    }

    /// The types of server events.
    public enum Kind: String, WireEnum {
        /// Something was wrong.
        case error
        /// The first event of all.
        case sessionCreated = "session.created"
        /// The answer to each `session.update`.
        case sessionUpdated = "session.updated"
        /// An item is in the conversation.
        case conversationItemAdded = "conversation.item.added"
        /// An item is whole.
        case conversationItemDone = "conversation.item.done"
        /// An item, with its audio.
        case conversationItemRetrieved = "conversation.item.retrieved"
        /// An answer was cut.
        case conversationItemTruncated = "conversation.item.truncated"
        /// An item is gone.
        case conversationItemDeleted = "conversation.item.deleted"
        /// More of what the user said.
        case inputAudioTranscriptionDelta = "conversation.item.input_audio_transcription.delta"
        /// All of what the user said.
        case inputAudioTranscriptionCompleted = "conversation.item.input_audio_transcription.completed"
        /// It could not be written down.
        case inputAudioTranscriptionFailed = "conversation.item.input_audio_transcription.failed"
        /// What was buffered is an item.
        case inputAudioBufferCommitted = "input_audio_buffer.committed"
        /// What was buffered is gone.
        case inputAudioBufferCleared = "input_audio_buffer.cleared"
        /// The user speaks.
        case inputAudioBufferSpeechStarted = "input_audio_buffer.speech_started"
        /// The user is silent.
        case inputAudioBufferSpeechStopped = "input_audio_buffer.speech_stopped"
        /// A response begins.
        case responseCreated = "response.created"
        /// A response has ended.
        case responseDone = "response.done"
        /// A further item.
        case responseOutputItemAdded = "response.output_item.added"
        /// The item is whole.
        case responseOutputItemDone = "response.output_item.done"
        /// A further part.
        case responseContentPartAdded = "response.content_part.added"
        /// The part is whole.
        case responseContentPartDone = "response.content_part.done"
        /// More written text.
        case responseOutputTextDelta = "response.output_text.delta"
        /// All of the written text.
        case responseOutputTextDone = "response.output_text.done"
        /// More of what is said, in words.
        case responseOutputAudioTranscriptDelta = "response.output_audio_transcript.delta"
        /// All of what is said, in words.
        case responseOutputAudioTranscriptDone = "response.output_audio_transcript.done"
        /// More of what is said.
        case responseOutputAudioDelta = "response.output_audio.delta"
        /// The audio is whole.
        case responseOutputAudioDone = "response.output_audio.done"
        /// More of a call's arguments.
        case responseFunctionCallArgumentsDelta = "response.function_call_arguments.delta"
        /// All of a call's arguments.
        case responseFunctionCallArgumentsDone = "response.function_call_arguments.done"
        /// What the client may still use.
        case rateLimitsUpdated = "rate_limits.updated"
        /// There is a conversation. Part of every client's list, but no service sends it, and neither does this server
        /// (protocol.md B.3).
        case conversationCreated = "conversation.created"
        /// What one of several speakers said; of models that tell speakers apart.
        case inputAudioTranscriptionSegment = "conversation.item.input_audio_transcription.segment"
        /// The user has been silent for long.
        case inputAudioBufferTimeoutTriggered = "input_audio_buffer.timeout_triggered"
        /// The caller pressed a key. The only event without a name.
        case inputAudioBufferDTMFEventReceived = "input_audio_buffer.dtmf_event_received"
        /// The answer begins to sound. Of WebRTC and SIP, where the server plays it.
        case outputAudioBufferStarted = "output_audio_buffer.started"
        /// The answer has sounded to its end.
        case outputAudioBufferStopped = "output_audio_buffer.stopped"
        /// The answer was cut off.
        case outputAudioBufferCleared = "output_audio_buffer.cleared"
        /// More of the arguments of a call to an MCP server's tool.
        case responseMCPCallArgumentsDelta = "response.mcp_call_arguments.delta"
        /// All of those arguments.
        case responseMCPCallArgumentsDone = "response.mcp_call_arguments.done"
        /// An MCP server's tool is being called.
        case responseMCPCallInProgress = "response.mcp_call.in_progress"
        /// The MCP server has answered.
        case responseMCPCallCompleted = "response.mcp_call.completed"
        /// The MCP server has failed.
        case responseMCPCallFailed = "response.mcp_call.failed"
        /// An MCP server is asked for its tools.
        case mcpListToolsInProgress = "mcp_list_tools.in_progress"
        /// Its tools are known.
        case mcpListToolsCompleted = "mcp_list_tools.completed"
        /// It could not be asked.
        case mcpListToolsFailed = "mcp_list_tools.failed"
        /// More of what is heard in a translation session (protocol.md B.13).
        case sessionInputTranscriptDelta = "session.input_transcript.delta"
        /// More of its translation, in words.
        case sessionOutputTranscriptDelta = "session.output_transcript.delta"
        /// More of its translation, as base64 of audio.
        case sessionOutputAudioDelta = "session.output_audio.delta"
        /// A translation session has ended.
        case sessionClosed = "session.closed"
    }
}
