import Synchronization

/// How many sessions there may be at once, and how many there are.
final class SessionSlots: Sendable {
    let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { taken.withLock { $0 } }

    /// A place for a session, or `nil` if all are taken.
    func take() -> Slot? {
        let isFree = taken.withLock { taken in
            guard taken < limit else { return false }
            taken += 1
            return true
        }
        return isFree ? Slot(self) : nil
    }

    /// A place taken. It is given back at the latest when nobody holds it any more: a client that vanishes between
    /// the decision and the upgrade leaves no trace.
    final class Slot: Sendable {
        private let slots: SessionSlots
        private let isHeld = Mutex(true)

        fileprivate init(_ slots: SessionSlots) {
            self.slots = slots
        }

        func giveBack() {
            let wasHeld = isHeld.withLock { isHeld in
                defer { isHeld = false }
                return isHeld
            }
            if wasHeld { slots.taken.withLock { $0 -= 1 } }
        }

        deinit { giveBack() }
    }
}
