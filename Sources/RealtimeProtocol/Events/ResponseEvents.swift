/// The body of `response.created` and `response.done`.
public struct ResponseEvent: Equatable, Sendable, Codable {
    /// The response.
    public var response: Response

    /// All fields.
    public init(response: Response) {
        self.response = response
    }
}

/// The body of `response.output_item.added` and `.done`.
public struct OutputItemEvent: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item's place in the response.
    public var outputIndex: Int
    /// The item, without audio.
    public var item: Item

    /// All fields.
    public init(responseID: ResponseID, outputIndex: Int, item: Item) {
        self.responseID = responseID
        self.outputIndex = outputIndex
        self.item = item
    }
}

/// The body of `response.content_part.added` and `.done`.
public struct ContentPartEvent: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// The part's place in the item.
    public var contentIndex: Int
    /// The part.
    public var part: ResponsePart

    /// All fields.
    public init(responseID: ResponseID, itemID: ItemID, outputIndex: Int, contentIndex: Int, part: ResponsePart) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.contentIndex = contentIndex
        self.part = part
    }
}

/// The body of the deltas of a part: text, words said, or base64 of audio.
public struct PartDelta: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// The part's place in the item.
    public var contentIndex: Int
    /// What is added.
    public var delta: String

    /// All fields.
    public init(responseID: ResponseID, itemID: ItemID, outputIndex: Int, contentIndex: Int, delta: String) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.contentIndex = contentIndex
        self.delta = delta
    }
}

/// The body of `response.output_text.done`.
public struct PartText: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// The part's place in the item.
    public var contentIndex: Int
    /// All of the text.
    public var text: String

    /// All fields.
    public init(responseID: ResponseID, itemID: ItemID, outputIndex: Int, contentIndex: Int, text: String) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.contentIndex = contentIndex
        self.text = text
    }
}

/// The body of `response.output_audio_transcript.done`.
public struct PartTranscript: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// The part's place in the item.
    public var contentIndex: Int
    /// All of the words.
    public var transcript: String

    /// All fields.
    public init(responseID: ResponseID, itemID: ItemID, outputIndex: Int, contentIndex: Int, transcript: String) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.contentIndex = contentIndex
        self.transcript = transcript
    }
}

/// The body of `response.output_audio.done`.
public struct PartEnd: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// The part's place in the item.
    public var contentIndex: Int

    /// All fields.
    public init(responseID: ResponseID, itemID: ItemID, outputIndex: Int, contentIndex: Int) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.contentIndex = contentIndex
    }
}

/// The body of `response.function_call_arguments.delta`.
public struct ArgumentsDelta: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// The call.
    public var callID: CallID
    /// More of the JSON text.
    public var delta: String

    /// All fields.
    public init(responseID: ResponseID, itemID: ItemID, outputIndex: Int, callID: CallID, delta: String) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.callID = callID
        self.delta = delta
    }
}

/// The body of `response.function_call_arguments.done`.
public struct ArgumentsDone: Equatable, Sendable, Codable {
    /// The response.
    public var responseID: ResponseID
    /// The item.
    public var itemID: ItemID
    /// The item's place in the response.
    public var outputIndex: Int
    /// The call.
    public var callID: CallID
    /// The function.
    public var name: String
    /// All of the JSON text.
    public var arguments: String

    /// All fields.
    public init(
        responseID: ResponseID, itemID: ItemID, outputIndex: Int, callID: CallID, name: String, arguments: String
    ) {
        self.responseID = responseID
        self.itemID = itemID
        self.outputIndex = outputIndex
        self.callID = callID
        self.name = name
        self.arguments = arguments
    }
}

/// The body of `rate_limits.updated`.
public struct RateLimits: Equatable, Sendable, Codable {
    /// One for each limit.
    public var rateLimits: [RateLimit]

    /// All fields.
    public init(rateLimits: [RateLimit]) {
        self.rateLimits = rateLimits
    }
}

/// How much the client may still use.
public struct RateLimit: Equatable, Sendable, Codable {
    /// `requests` or `tokens`
    public var name: String
    /// How much in all.
    public var limit: Int
    /// How much is left.
    public var remaining: Int
    /// When it is full again.
    public var resetSeconds: Double

    /// All fields.
    public init(name: String, limit: Int, remaining: Int, resetSeconds: Double) {
        self.name = name
        self.limit = limit
        self.remaining = remaining
        self.resetSeconds = resetSeconds
    }
}
