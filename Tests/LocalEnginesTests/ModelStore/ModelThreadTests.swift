import Foundation
import SpeechEngines
import Synchronization
import Testing

@testable import LocalEngines

@Suite("A model's thread") struct ModelThreadTests {
    /// A model that can be held up and notes what it is asked.
    private final class Diary {
        var entries: [String] = []
    }

    private func hold(_ thread: ModelThread<Diary>, _ gate: Gate) async -> Task<Void, any Error> {
        let task = Task { try await thread.run(by: .now) { _ in gate.pass() } }
        await gate.reached()
        return task
    }

    @Test("serves the earliest deadline first, and equals in the order of arrival")
    func order() async throws {
        let thread = try await ModelThread(name: "diary") { Diary() }
        let gate = Gate()
        let holding = await hold(thread, gate)
        let soon = Deadline.after(.seconds(1))
        let jobs: [(String, Deadline)] = [
            ("never", .never), ("later", .after(.seconds(9))), ("soon 1", soon), ("soon 2", soon), ("now", .now),
        ]
        var tasks: [Task<Void, any Error>] = []
        for (name, deadline) in jobs {
            tasks.append(Task { try await thread.run(by: deadline) { $0.entries.append(name) } })
            await thread.waits(for: tasks.count)
        }
        gate.open()
        try await holding.value
        for task in tasks { try await task.value }
        let entries = try await thread.run(by: .never) { $0.entries }
        #expect(entries == ["now", "soon 1", "soon 2", "later", "never"])
        await thread.close()
    }

    @Test("drops a cancelled job that has not started")
    func cancellation() async throws {
        let thread = try await ModelThread(name: "diary") { Diary() }
        let gate = Gate()
        let holding = await hold(thread, gate)
        let cancelled = Task { try await thread.run(by: .now) { $0.entries.append("cancelled") } }
        let already = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await thread.run(by: .now) { $0.entries.append("cancelled before") }
        }
        await thread.waits(for: 1)
        cancelled.cancel()
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        await #expect(throws: CancellationError.self) { try await already.value }
        gate.open()
        try await holding.value
        #expect(try await thread.run(by: .now) { $0.entries }.isEmpty)
        await thread.close()
    }

    @Test("refuses more jobs than may wait")
    func overload() async throws {
        let thread = try await ModelThread(name: "diary", capacity: 2) { Diary() }
        let gate = Gate()
        let holding = await hold(thread, gate)
        let waiting = (0..<2).map { _ in Task { try await thread.run(by: .never) { _ in } } }
        await thread.waits(for: 2)
        await #expect { try await thread.run(by: .now) { _ in } } throws: { error in
            (error as? EngineError)?.code == .failed && "\(error)".contains("overloaded")
        }
        gate.open()
        try await holding.value
        for task in waiting { try await task.value }
        await thread.close()
    }

    @Test("passes errors on, and refuses everything once it is closed")
    func errors() async throws {
        let thread = try await ModelThread(name: "diary") { Diary() }
        await #expect(throws: EngineError(.failed, "broken")) {
            try await thread.run(by: .now) { _ in throw EngineError(.failed, "broken") }
        }
        await thread.close()
        await #expect { try await thread.run(by: .now) { _ in } } throws: { ($0 as? EngineError)?.code == .closed }
        await #expect(throws: EngineError(.modelMissing, "nothing there")) {
            _ = try await ModelThread<Diary>(name: "none") { throw EngineError(.modelMissing, "nothing there") }
        }
    }

    @Test("leaves the language model the cores that others don't compute on")
    func share() {
        let share = ComputeShare(cores: 4)
        #expect(share.available(upTo: 8) == 4)
        share.begin()
        #expect(share.available(upTo: 8) == 3)
        #expect(share.available(upTo: 2) == 2)
        for _ in 0..<5 { share.begin() }
        #expect(share.available(upTo: 8) == 1)
    }
}

extension ModelThread {
    /// Waits until that many jobs wait.
    fileprivate func waits(for count: Int) async {
        while waiting < count { try? await Task.sleep(for: .milliseconds(1)) }
    }
}

/// Holds a thread up until it is opened.
private final class Gate: Sendable {
    private struct State {
        var isOpen = false
        var isReached = false
    }
    private let state = Mutex(State())

    /// Blocks the calling thread.
    func pass() {
        state.withLock { $0.isReached = true }
        while !state.withLock({ $0.isOpen }) { usleep(1000) }
    }
    func open() { state.withLock { $0.isOpen = true } }
    func reached() async {
        while !state.withLock({ $0.isReached }) { try? await Task.sleep(for: .milliseconds(1)) }
    }
}
