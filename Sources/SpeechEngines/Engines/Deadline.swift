/// When a listener needs a piece of engine work to be finished.
///
/// A model's thread serves its queue in the order of deadlines, not of arrival: the first clause for somebody who waits
/// is due now, a clause for somebody who still listens to the one before is due later, a partial hypothesis is due
/// never and so yields to everything else.
public struct Deadline: Comparable, Hashable, Sendable {
    /// The moment, or `nil` for work that yields to all other.
    public let instant: ContinuousClock.Instant?

    /// Due at `instant`.
    public init(_ instant: ContinuousClock.Instant?) { self.instant = instant }

    /// Somebody is waiting.
    public static var now: Deadline { Deadline(.now) }

    /// Due when `duration` has passed.
    public static func after(_ duration: Duration) -> Deadline { Deadline(.now + duration) }

    /// Nobody waits for it.
    public static let never = Deadline(nil)

    /// Earlier deadlines come first, ``never`` comes last.
    public static func < (lhs: Deadline, rhs: Deadline) -> Bool {
        switch (lhs.instant, rhs.instant) {
        case (let lhs?, let rhs?): lhs < rhs
        case (.some, nil): true
        case (nil, _): false
        }
    }
}
