import SpeechEngines

/// Says a clause piece by piece, with what all voices have in common.
enum ClauseStream {
    /// Paces that the protocol allows.
    private static let speeds = 0.25...1.5

    /// A piece of a clause while it is being said.
    struct Utterance {
        /// When the listener needs what comes next: when what has been said is over.
        private(set) var due: Deadline
        private var pauses: Pauses
        private let rate: Int
        private let yield: ([Float]) -> Void

        fileprivate init(due: Deadline, _ pauses: Pauses, rate: Int, _ yield: @escaping ([Float]) -> Void) {
            self.due = due
            self.pauses = pauses
            self.rate = rate
            self.yield = yield
        }

        /// Adds sound as the voice made it.
        mutating func say(_ samples: [Float]) { pass(on: pauses.take(samples)) }

        fileprivate mutating func end() { pass(on: pauses.finish()) }

        private mutating func pass(on samples: [Float]) {
            guard !samples.isEmpty else { return }
            yield(samples)
            due = Deadline(due.instant.map { $0 + .seconds(Double(samples.count) / Double(rate)) })
        }
    }

    /// The sound of `clause` as `speak` makes it of each of its pieces. The first piece is due at `deadline`.
    static func make(
        _ clause: String, speed: Double, rate: Int, by deadline: Deadline,
        _ speak:
            @escaping @Sendable (_ piece: String, _ speed: Double, _ utterance: inout Utterance) async throws -> Void
    ) -> AsyncThrowingStream<[Float], any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    var due = deadline
                    let speed = speed.isFinite ? min(max(speed, speeds.lowerBound), speeds.upperBound) : 1
                    for piece in ClauseSplit.pieces(of: clause) {
                        var utterance = Utterance(
                            due: due, Pauses(rate: rate, after: piece, speed: speed), rate: rate
                        ) { continuation.yield($0) }
                        try await speak(piece, speed, &utterance)
                        utterance.end()
                        due = utterance.due
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
