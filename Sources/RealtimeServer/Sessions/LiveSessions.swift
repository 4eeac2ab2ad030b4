import SessionCore
import Synchronization

/// The sessions that run, and who opened each.
final class LiveSessions: Sendable {
    private struct Entry {
        var identity: Identity
        var control: SessionControl
    }

    private let entries = Mutex<(all: [Int: Entry], next: Int)>(([:], 0))

    /// How many there are.
    var count: Int { entries.withLock { $0.all.count } }

    /// A session begins.
    ///
    /// - Returns: its number, for ``end(_:)``.
    func begin(_ identity: Identity, _ control: SessionControl) -> Int {
        entries.withLock { entries in
            entries.next += 1
            entries.all[entries.next] = Entry(identity: identity, control: control)
            return entries.next
        }
    }

    /// A session has ended.
    func end(_ number: Int) { _ = entries.withLock { $0.all.removeValue(forKey: number) } }

    /// Tells each session what there is to tell to whoever opened it, if anything.
    func tell(_ notice: (Identity) -> SessionNotice?) {
        // Not under the lock: what is told may end a session at once.
        for entry in entries.withLock({ Array($0.all.values) }) {
            if let notice = notice(entry.identity) { entry.control.post(notice) }
        }
    }
}
