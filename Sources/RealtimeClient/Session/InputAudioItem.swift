public import RealtimeProtocol

/// Something that the user said: it begins when the service hears speech, or when buffered audio is committed.
public struct InputAudioItem: Sendable, Identifiable {
    /// What became of it.
    public struct Outcome: Sendable, Equatable {
        /// Where the speech ended, in milliseconds of all audio sent; `nil` for audio that was committed by hand.
        public var audioEndMs: Int?
        /// What was understood; `nil` if the session has no transcription.
        public var transcript: String?
    }

    /// The name of the item in the conversation.
    public let id: ItemID
    /// Where the speech began, in milliseconds of all audio sent; `nil` for audio that was committed by hand.
    public let audioStartMs: Int?
    /// What was understood, piece by piece, where the service tells it so; else in one piece.
    public let transcriptChunks = Chunks<String>()

    let outcome = Chunks<Outcome>()

    /// Waits until the turn has ended and, if the session transcribes, its transcript is there.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/serverError`` if the transcription failed, or when the connection
    ///   ended before.
    public func completion() async throws -> Outcome {
        try await outcome.first() ?? Outcome(audioEndMs: nil, transcript: nil)
    }
}
