import Foundation
import Synchronization

/// How many of the machine's cores are computing for models right now.
///
/// The language model takes the cores that nothing else computes on: two threads that share one core are slower than
/// one, because each waits for the other at every layer. The count is read without a lock before every decode.
///
/// The voice detector is not counted: it computes for a tenth of a millisecond at a time.
final class ComputeShare: Sendable {
    /// The one of this process; cores are shared by all engine sets in it.
    static let process = ComputeShare(cores: ProcessInfo.processInfo.activeProcessorCount)

    private let cores: Int
    private let busy = Atomic<Int>(0)

    init(cores: Int) { self.cores = max(1, cores) }

    /// A model's thread starts to compute.
    func begin() { busy.wrappingAdd(1, ordering: .relaxed) }
    /// A model's thread has computed.
    func end() { busy.wrappingSubtract(1, ordering: .relaxed) }

    /// The cores left for one who may use up to `limit` of them; at least one.
    func available(upTo limit: Int) -> Int {
        max(1, min(limit, cores - busy.load(ordering: .relaxed)))
    }
}
