import Synchronization

/// Places of which there are only so many: for sessions, and for connections.
final class Slots: Sendable {
    let limit: Int
    private let taken = Mutex(0)

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { taken.withLock { $0 } }

    /// A place, or `nil` if all are taken.
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
        private let slots: Slots
        private let isHeld = Mutex(true)

        fileprivate init(_ slots: Slots) {
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
