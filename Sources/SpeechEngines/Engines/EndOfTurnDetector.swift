/// Tells from the sound of a turn whether the speaker has finished or only pauses.
public protocol EndOfTurnDetector: Sendable {
    /// How likely the speaker has finished.
    ///
    /// - Parameter samples: 16 kHz mono, −1…1: the turn from its beginning to 100…200 ms into the pause that is in
    ///   question. With more silence any turn seems finished. Only the last 8 s count.
    /// - Returns: 0 (will go on) … 1 (has finished).
    /// - Throws: ``EngineError`` when the model fails; `CancellationError` when the task was cancelled before its turn.
    func probability(_ samples: [Float]) async throws -> Float
}
