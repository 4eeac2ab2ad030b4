import Synchronization

/// Beats every 20 ms for all users: each waking-up of a task by a clock of its own would take processor time from what is
/// measured.
final class Metronome: Sendable {
    private let listeners = Mutex<(next: Int, all: [Int: @Sendable (Int) -> Void])>((0, [:]))
    private let begun = ContinuousClock.now

    /// Since the metronome was made.
    var now: Duration { ContinuousClock.now - begun }

    /// When a beat is due.
    func due(_ beat: Int) -> Duration { Utterance.tick * beat }

    /// Calls `listener` with the number of each beat, until ``leave(_:)``.
    func join(_ listener: @escaping @Sendable (Int) -> Void) -> Int {
        listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[listeners.next] = listener
            return listeners.next
        }
    }

    /// Ends what ``join(_:)`` began.
    func leave(_ number: Int) { listeners.withLock { $0.all[number] = nil } }

    /// Beats until it is cancelled.
    func run() async throws {
        var beat = Int(now / Utterance.tick)
        while true {
            beat += 1
            try await ContinuousClock().sleep(until: begun + due(beat), tolerance: .zero)
            for listener in listeners.withLock({ Array($0.all.values) }) { listener(beat) }
        }
    }
}
