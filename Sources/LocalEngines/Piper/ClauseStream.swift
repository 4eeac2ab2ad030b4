import SpeechEngines

/// Says a clause piece by piece, with what all voices have in common.
enum ClauseStream {
    /// Paces that the protocol allows.
    private static let speeds = 0.25...1.5

    /// The sound of `clause` as `speak` makes it of each of its pieces.
    ///
    /// The first piece is due at `deadline`; each further one when the listener has heard those before it.
    static func make(
        _ clause: String, speed: Double, rate: Int, by deadline: Deadline,
        _ speak: @escaping @Sendable (_ piece: String, _ speed: Double, _ deadline: Deadline) async throws -> [Float]
    ) -> AsyncThrowingStream<[Float], any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    var due = deadline
                    let speed = speed.isFinite ? min(max(speed, speeds.lowerBound), speeds.upperBound) : 1
                    for piece in ClauseSplit.pieces(of: clause) {
                        let made = try await speak(piece, speed, due)
                        let samples = Pauses.trimmed(made, rate: rate, after: piece, speed: speed)
                        guard !samples.isEmpty else { continue }
                        continuation.yield(samples)
                        due = Deadline(due.instant.map { $0 + .seconds(Double(samples.count) / Double(rate)) })
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
