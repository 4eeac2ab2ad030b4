public import RealtimeProtocol

/// An answer while it is being made: a sequence of items.
///
/// ```swift
/// for try await item in response {
///     switch item {
///     case .message(let message):
///         for try await content in message { … }
///     case .functionCall(let call):
///         print(call.name, try await call.arguments())
///     case .other: break
///     }
/// }
/// print(try await response.completion().status)
/// ```
public struct RealtimeResponse: AsyncSequence, Sendable, Identifiable {
    /// Its name.
    public let id: ResponseID
    /// The response as it was when it began: its voice, its metadata.
    public let beginning: Response
    /// Its items, in order.
    public let items = Chunks<OutputItem>()

    let done = Chunks<Response>()
    let following = Chunks<RealtimeResponse>()
    let cancelling: @Sendable () async throws -> Void

    init(_ response: Response, cancelling: @escaping @Sendable () async throws -> Void) {
        id = response.id
        beginning = response
        self.cancelling = cancelling
    }

    /// Reads the items from the first one on.
    public func makeAsyncIterator() -> Chunks<OutputItem>.AsyncIterator { items.makeAsyncIterator() }

    /// Waits for the end of the response: its status, what it took, and its items.
    ///
    /// - Throws: ``ClientError`` when the connection ended before. A response that failed does not throw: its
    ///   `statusDetails` say why.
    public func completion() async throws -> Response {
        guard let response = try await done.first() else {
            throw ClientError(.connectionLost, "The response \(id) was given up before it was done.")
        }
        return response
    }

    /// Stops the response and waits for its end. One that is done is let be.
    public func cancel() async throws {
        guard !done.isFinished else { return }
        try await cancelling()
        _ = try await completion()
    }

    /// The response that followed when this one's function calls had been carried out; `nil` if none did.
    public func followUp() async throws -> RealtimeResponse? { try await following.first() }

    /// Everything said or written in it, once it is whole.
    public func text() async throws -> String {
        var text = ""
        for try await case .message(let message) in items { text += try await message.text() }
        return text
    }
}

/// One item of a response.
public enum OutputItem: Sendable {
    /// Something said or written.
    case message(MessageItem)
    /// A function that the client is asked to carry out.
    case functionCall(FunctionCallItem)
    /// An item of another kind, as it was when it began.
    case other(Item)
}

/// A message of the model: a sequence of contents.
public struct MessageItem: AsyncSequence, Sendable, Identifiable {
    /// Its name.
    public let id: ItemID
    /// Its contents, in order.
    public let contents = Chunks<MessageContent>()

    /// Reads the contents from the first one on.
    public func makeAsyncIterator() -> Chunks<MessageContent>.AsyncIterator { contents.makeAsyncIterator() }

    /// Everything said or written in it, once it is whole.
    public func text() async throws -> String {
        var text = ""
        for try await content in contents {
            switch content {
            case .audio(let audio): text += try await audio.transcript()
            case .text(let written): text += try await written.text()
            }
        }
        return text
    }
}

/// A part of a message.
public enum MessageContent: Sendable {
    /// Spoken.
    case audio(AudioContent)
    /// Written.
    case text(TextContent)
}

/// Something spoken. Audio and words arrive independently, and can be read so.
public struct AudioContent: Sendable {
    /// The message.
    public let itemID: ItemID
    /// The part's place in the message.
    public let contentIndex: Int
    /// The audio, in the session's output format: 16-bit little-endian samples at 24 kHz unless that was changed.
    public let audioChunks = Chunks<[UInt8]>()
    /// The words.
    public let transcriptChunks = Chunks<String>()

    /// All of the audio, once it is whole.
    public func audio() async throws -> [UInt8] { try await Array(audioChunks.collected().joined()) }
    /// All of the words, once they are whole.
    public func transcript() async throws -> String { try await transcriptChunks.collected().joined() }
}

/// Something written.
public struct TextContent: Sendable {
    /// The message.
    public let itemID: ItemID
    /// The part's place in the message.
    public let contentIndex: Int
    /// The text.
    public let textChunks = Chunks<String>()

    /// All of the text, once it is whole.
    public func text() async throws -> String { try await textChunks.collected().joined() }
}

/// A function that the client is asked to carry out.
public struct FunctionCallItem: Sendable, Identifiable {
    /// The item's name.
    public let id: ItemID
    /// The function.
    public let name: String
    /// Ties the output to the call.
    public let callID: CallID
    /// The arguments, as pieces of JSON text.
    public let argumentChunks = Chunks<String>()

    /// All of the arguments as JSON text, once they are whole.
    public func arguments() async throws -> String { try await argumentChunks.collected().joined() }
}
