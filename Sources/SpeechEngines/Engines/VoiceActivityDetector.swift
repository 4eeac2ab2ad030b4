/// Tells, window by window, how likely somebody is speaking.
///
/// The detector keeps nothing between calls: what it remembers of one listener's audio is a value that goes in and
/// comes out, so one loaded model serves every session. When a turn starts and ends is not its business; the session
/// decides that from the probabilities.
public protocol VoiceActivityDetector: Sendable {
    /// Samples in a window, at 16 kHz mono.
    var windowSize: Int { get }

    /// The probabilities of speech in the consecutive windows of `samples`.
    ///
    /// - Parameters:
    ///   - samples: 16 kHz mono, −1…1; a whole number of windows.
    ///   - state: what an earlier call for the same audio left, or a new one after a gap.
    /// - Returns: one probability (0…1) for each window, in order.
    /// - Throws: ``EngineError`` when the model fails.
    func probabilities(of samples: [Float], continuing state: inout VoiceActivityState) async throws -> [Float]
}

/// What a voice-activity model remembers of the audio it has heard.
public struct VoiceActivityState: Equatable, Sendable {
    /// The recurrent state, in the model's own layout; empty at the start.
    public var memory: [Float]
    /// The samples before the next window that the model wants to see again; empty at the start.
    public var context: [Float]

    /// The state before any audio.
    public init(memory: [Float] = [], context: [Float] = []) {
        self.memory = memory
        self.context = context
    }
}
