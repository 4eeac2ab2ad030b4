import Synchronization

/// Beats every 20 ms for everybody who sends sound in real time: hundreds of tasks that wake up by clocks of their own would
/// take more processor time than the sound.
public final class Metronome: Sendable {
    /// The time between two beats.
    public static let tick = Duration.milliseconds(20)

    private let listeners = Mutex<(next: Int, all: [Int: @Sendable (Int) -> Void])>((0, [:]))
    private let begun = ContinuousClock.now

    /// A metronome that stands still until ``run()``.
    public init() {}

    /// Since the metronome was made.
    public var now: Duration { ContinuousClock.now - begun }

    /// When a beat is due.
    public func due(_ beat: Int) -> Duration { Self.tick * beat }

    /// Calls `listener` with the number of each beat, until ``leave(_:)``.
    public func join(_ listener: @escaping @Sendable (Int) -> Void) -> Int {
        listeners.withLock { listeners in
            listeners.next += 1
            listeners.all[listeners.next] = listener
            return listeners.next
        }
    }

    /// Ends what ``join(_:)`` began.
    public func leave(_ number: Int) { listeners.withLock { $0.all[number] = nil } }

    /// Beats until it is cancelled.
    public func run() async throws {
        var beat = Int(now / Self.tick)
        while true {
            beat += 1
            try await ContinuousClock().sleep(until: begun + due(beat), tolerance: .zero)
            for listener in listeners.withLock({ Array($0.all.values) }) { listener(beat) }
        }
    }
}
