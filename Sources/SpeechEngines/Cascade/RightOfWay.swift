import Foundation
import Synchronization

/// Lets answers for which somebody waits pass before answers that were begun on suspicion and may never be wanted.
///
/// All sessions of a cascade share it. An answer is waited for from when it is wanted until its first sound is made; while
/// more are waited for than there is room for, what nobody waits for yet is not begun.
public final class RightOfWay: Sendable {
    /// An answer's place.
    public struct Claim: Hashable, Sendable { fileprivate let number: Int }

    private struct Answer {
        var isWanted: Bool
        var hasSounded = false
        var begin: CheckedContinuation<Void, Never>?
    }

    private struct State {
        var last = 0
        var answers: [Int: Answer] = [:]
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
            state.answers[state.last] = Answer(isWanted: isWanted)
            return Claim(number: state.last)
        }
    }

    /// Returns when the answer may begin: at once if it is wanted, else when there is room or it becomes wanted. Also when
    /// the task is cancelled.
    public func begin(_ claim: Claim) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mayBegin = state.withLock { state in
                    guard state.answers[claim.number]?.isWanted == false, isFull(state), !Task.isCancelled else {
                        return true
                    }
                    state.answers[claim.number]?.begin = continuation
                    return false
                }
                if mayBegin { continuation.resume() }
            }
        } onCancel: {
            change { $0[claim.number]?.begin.take()?.resume() }
        }
    }

    /// Somebody waits for the answer now.
    public func want(_ claim: Claim) {
        change { answers in
            answers[claim.number]?.isWanted = true
            answers[claim.number]?.begin.take()?.resume()
        }
    }

    /// Its first sound is made: nobody waits any longer.
    public func sound(_ claim: Claim) { change { $0[claim.number]?.hasSounded = true } }

    /// It is over.
    public func end(_ claim: Claim) { change { $0.removeValue(forKey: claim.number)?.begin?.resume() } }

    private func change(_ body: (inout [Int: Answer]) -> Void) {
        state.withLock { state in
            body(&state.answers)
            guard !isFull(state) else { return }
            for number in state.answers.keys { state.answers[number]?.begin.take()?.resume() }
        }
    }

    private func isFull(_ state: borrowing State) -> Bool {
        state.answers.values.count { $0.isWanted && !$0.hasSounded } >= room
    }
}
