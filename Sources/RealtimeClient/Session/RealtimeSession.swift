public import RealtimeProtocol

/// A conversation with a Realtime service: what is said on either side, as items and responses.
///
/// ```swift
/// let session = try await RealtimeSession.connect(to: .url("ws://localhost:8080"))
/// try await session.send("What is the capital of France?")
/// let response = try await session.generateResponse()
/// for try await item in response {
///     guard case .message(let message) = item else { continue }
///     for try await content in message {
///         guard case .audio(let audio) = content else { continue }
///         async let words = audio.transcript()
///         for try await chunk in audio.audioChunks { play(chunk) }
///         print(try await words)
///     }
/// }
/// await session.close()
/// ```
///
/// What nobody reads is kept and holds nothing up. Each sequence can be read on its own, at any time, by any number of
/// readers, but for ``events``, which has one. Letting go of the session closes it.
public final class RealtimeSession: Sendable {
    /// How a session behaves. The defaults fit.
    public struct Options: Sendable {
        /// Of the connection.
        public var connection = RealtimeConnection.Options()
        /// How long the service may take to answer a request.
        public var replyTime = Duration.seconds(30)
        /// Functions that the session carries out and answers by itself.
        public var tools: [RealtimeTool] = []
        /// Asked when the user begins to speak over an answer: stop playing, and tell what was heard of it. The rest is
        /// taken out of the conversation. `nil` if nothing was being played.
        public var interruption: (@Sendable () async -> Heard?)?
        /// What to do when the connection breaks; nothing by default.
        public var reconnection: Reconnection?

        /// The defaults.
        public init() {}
    }

    /// How far an answer was played.
    public struct Heard: Sendable, Equatable {
        /// The item that was being played.
        public var itemID: ItemID
        /// How much of its audio left the loudspeaker.
        public var milliseconds: Int
        /// The part of the item that was being played.
        public var contentIndex: Int

        /// So much of an item.
        public init(itemID: ItemID, milliseconds: Int, contentIndex: Int = 0) {
            self.itemID = itemID
            self.milliseconds = milliseconds
            self.contentIndex = contentIndex
        }
    }

    /// A broken connection is made again, with the session's settings and the conversation in words: audio cannot be
    /// said again. What was being answered is lost and says so.
    public struct Reconnection: Sendable, Equatable {
        /// How often it is tried until the session ends.
        public var attempts = 5
        /// How long to wait before the second try; doubled each time, at most 30 s.
        public var pause = Duration.seconds(1)

        /// Five tries.
        public init() {}
    }

    /// What happens that nobody asked for.
    public enum Event: Sendable {
        /// The user began to speak.
        case inputAudio(InputAudioItem)
        /// A response that `generateResponse` did not ask for: to the user's turn, or after function calls.
        case response(RealtimeResponse)
        /// The service complained, about something that no call here is waiting for. The session goes on.
        case error(RealtimeError)
        /// Something that the SDK does not know, or that lacks what makes it readable; the session goes on.
        case unknown(ReceivedEvent)
        /// The connection broke and was made again.
        case reconnected
    }

    /// What happens that nobody asked for, in order, for one reader. It ends with the session; when that did not end on
    /// purpose, it throws ``ClientError``.
    public let events: AsyncThrowingStream<Event, any Error>

    private let live: LiveSession

    private init(_ live: LiveSession, _ events: AsyncThrowingStream<Event, any Error>) {
        self.live = live
        self.events = events
    }

    deinit { live.abandon() }

    /// Connects to a service and waits until the session stands.
    ///
    /// - Throws: ``ClientError``; see ``RealtimeConnection/connect(to:credential:options:)``.
    public static func connect(
        to service: RealtimeService, credential: Credential = .none, options: Options = Options()
    ) async throws -> RealtimeSession {
        try await open(options: options) {
            try await RealtimeConnection.connect(to: service, credential: credential, options: options.connection)
        }
    }

    /// A session over connections of any kind: one at first, further ones when it breaks and is to be made again.
    ///
    /// - Throws: ``ClientError``, and whatever `connect` throws.
    public static func open(
        options: Options = Options(), connect: @escaping @Sendable () async throws -> RealtimeConnection
    ) async throws -> RealtimeSession {
        let (events, continuation) = AsyncThrowingStream.makeStream(of: Event.self)
        let live = LiveSession(options: options, connect: connect, events: continuation)
        let session = RealtimeSession(live, events)
        try await live.begin()
        return session
    }

    /// How the connection is called in the service's logs.
    public var requestID: String { live.requestID }
    /// The session as the service last described it.
    public var configuration: SessionConfiguration? { live.assembly(\.configuration) }
    /// The conversation's items, in order, as far as the service told of them.
    public var conversation: [Item] { live.assembly(\.conversation.items) }

    /// Changes settings and waits until they hold. In the preview, GA's settings go by their older names.
    ///
    /// ```swift
    /// try await session.configure { $0.instructions = "Answer like a pirate." }
    /// ```
    /// - Returns: the whole session.
    /// - Throws: ``ClientError`` with ``ClientError/Code/serverError`` if the service refuses; nothing has changed then.
    @discardableResult
    public nonisolated(nonsending) func configure(
        _ change: (inout SessionPatch) -> Void
    ) async throws -> SessionConfiguration {
        var patch = SessionPatch()
        patch.type = configuration?.type ?? .realtime
        change(&patch)
        return try await live.configure(patch)
    }

    /// Sends audio of the user, in the session's input format: 16-bit little-endian samples at 24 kHz unless changed.
    ///
    /// Faster than real time is fine; this suspends while the service reads too slowly.
    public func sendAudio(_ bytes: [UInt8]) async throws { try await live.send(audio: bytes) }

    /// Sends audio of the user: 24,000 samples a second.
    public func sendAudio(_ samples: [Int16]) async throws {
        try await live.send(
            audio: samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
    }

    /// Makes an item of the audio sent since the last one, for sessions without turn detection.
    @discardableResult
    public func commitAudio() async throws -> InputAudioItem {
        try await live.request(.inputAudioBufferCommit(NoFields())) {
            if case .inputCommitted(let item) = $0 { item } else { nil }
        }
    }

    /// Forgets the audio sent since the last item.
    public func clearAudio() async throws {
        try await live.request(.inputAudioBufferClear(NoFields())) {
            if case .event(.inputAudioBufferCleared) = $0 { () } else { nil }
        }
    }

    /// Ends the user's speech: forgets audio that is no turn yet, and waits until all turns have ended and, if the session
    /// transcribes, are written down. A turn whose transcription failed is no error here; its item tells.
    public func finishInput() async throws {
        try await clearAudio()
        for item in live.assembly(\.openInputs) { _ = try? await item.completion() }
    }

    /// Adds an item to the conversation and waits until it is there.
    ///
    /// - Parameters:
    ///   - item: what is added.
    ///   - previous: the item before it; `root` for the beginning, `nil` for the end.
    @discardableResult
    public func send(_ item: Item, after previous: ItemID? = nil) async throws -> Item {
        var item = item
        let id = item.id ?? ItemID(rawValue: RandomName.make("item"))
        item.id = id
        return try await live.request(
            .conversationItemCreate(ConversationItemCreate(previousItemID: previous, item: item))
        ) {
            if case .event(.conversationItemAdded(let event)) = $0, event.item.id == id { event.item } else { nil }
        }
    }

    /// Adds something written by the user to the conversation.
    @discardableResult
    public func send(_ text: String, role: Item.Role = .user) async throws -> Item {
        try await send(
            Item(
                id: nil,
                body: .message(role: role, content: [role == .assistant ? .outputText(text) : .inputText(text)])))
    }

    /// Answers a function call that no ``RealtimeTool`` answers.
    @discardableResult
    public func send(output: String, for call: FunctionCallItem) async throws -> Item {
        try await send(Item(id: nil, body: .functionCallOutput(callID: call.callID, output: output)))
    }

    /// Removes an item from the conversation.
    public func removeItem(_ id: ItemID) async throws {
        try await live.request(.conversationItemDelete(ItemReference(itemID: id))) {
            if case .event(.conversationItemDeleted(let event)) = $0, event.itemID == id { () } else { nil }
        }
    }

    /// Shows an item with its audio, while the service keeps it.
    public func retrieveItem(_ id: ItemID) async throws -> Item {
        try await live.request(.conversationItemRetrieve(ItemReference(itemID: id))) {
            if case .event(.conversationItemRetrieved(let event)) = $0, event.item.id == id { event.item } else { nil }
        }
    }

    /// Cuts an answer to what was heard of it.
    public func truncate(_ heard: Heard) async throws { try await live.truncate(heard) }

    /// Asks for a response, and returns it when it begins.
    ///
    /// It is not in ``events``, whether they are read or not.
    public func generateResponse(_ parameters: ResponseParameters? = nil) async throws -> RealtimeResponse {
        try await live.generateResponse(parameters)
    }

    /// Closes the session and ends all its sequences.
    public func close() async { await live.close() }
}
