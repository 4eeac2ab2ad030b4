/// Writes down what is said.
public protocol SpeechRecognizer: Sendable {
    /// ISO 639-1 codes of the languages it understands.
    var languages: [String] { get }

    /// Seconds of audio beyond which one call is refused or cut by the engine.
    var longestUtterance: Double { get }

    /// The words of one utterance, or of what has been heard of it so far.
    ///
    /// - Parameters:
    ///   - samples: 16 kHz mono, −1…1.
    ///   - deadline: when the words are needed; a partial hypothesis is asked for with ``Deadline/never``.
    /// - Returns: the text as it would be written, trimmed; empty when no speech was understood.
    /// - Throws: ``EngineError`` when the model fails; `CancellationError` when the task was cancelled before its turn.
    func transcribe(_ samples: [Float], by deadline: Deadline) async throws -> String
}
