import Foundation
import Synchronization

/// Lets answers for which somebody waits pass before answers that were begun on suspicion and may never be wanted.
///
/// All sessions of a cascade share it. An answer is waited for from when it is wanted until its first sound is made; while
/// more are waited for than there is room for, what nobody waits for yet is not begun.
public final class RightOfWay: Sendable {
    /// An answer's place.
    public struct Claim: Hashable, Sendable { fileprivate let number: Int }

    private struct State {
        var last = 0
        /// The answers for which somebody waits: wanted and not heard yet.
        var awaited: Set<Int> = []
        /// Those that nobody waits for yet.
        var early: Set<Int> = []
        /// Early ones that may not begin yet.
        var held: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    /// How many may be waited for while others are begun early.
    private let room: Int
    private let state = Mutex(State())

    /// A right of way where as many answers may be waited for as there are cores. (Half as many, on two cores with four
    /// sessions, made the answers of all later than none at all.)
    ///
    /// - Parameter cores: those of the machine, if it is not to be asked.
    public init(cores: Int? = nil) { room = cores ?? ProcessInfo.processInfo.activeProcessorCount }

    /// A place for an answer; ``end(_:)`` gives it back.
    ///
    /// - Parameter isWanted: whether somebody waits for it already.
    public func claim(isWanted: Bool) -> Claim {
        state.withLock { state in
            state.last += 1
            if isWanted { state.awaited.insert(state.last) } else { state.early.insert(state.last) }
            return Claim(number: state.last)
        }
    }

    /// Returns when the answer may begin: at once if it is wanted, else when there is room or it becomes wanted. Also when
    /// the task is cancelled.
    public func begin(_ claim: Claim) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mayBegin = state.withLock { state in
                    guard state.early.contains(claim.number), state.awaited.count >= room, !Task.isCancelled else {
                        return true
                    }
                    state.held[claim.number] = continuation
                    return false
                }
                if mayBegin { continuation.resume() }
            }
        } onCancel: {
            change { $0.held.removeValue(forKey: claim.number)?.resume() }
        }
    }

    /// Somebody waits for the answer now.
    public func want(_ claim: Claim) {
        change { state in
            guard state.early.remove(claim.number) != nil else { return }
            state.awaited.insert(claim.number)
            state.held.removeValue(forKey: claim.number)?.resume()
        }
    }

    /// Its first sound is made: nobody waits any longer.
    public func sound(_ claim: Claim) {
        change { state in
            state.awaited.remove(claim.number)
            state.early.remove(claim.number)
        }
    }

    /// It is over.
    public func end(_ claim: Claim) {
        change { state in
            state.awaited.remove(claim.number)
            state.early.remove(claim.number)
            state.held.removeValue(forKey: claim.number)?.resume()
        }
    }

    private func change(_ body: (inout State) -> Void) {
        state.withLock { state in
            body(&state)
            guard state.awaited.count < room, !state.held.isEmpty else { return }
            for continuation in state.held.values { continuation.resume() }
            state.held = [:]
        }
    }
}
