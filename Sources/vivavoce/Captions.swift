import Foundation
import Synchronization

/// What is said on either side, line by line, and below it, on a terminal, the levels.
final class Captions: Sendable {
    private struct State {
        var isLineOpen = false
        var hasMeter = false
    }

    private let isTerminal: Bool
    private let state = Mutex(State())

    init(isTerminal: Bool = isatty(STDOUT_FILENO) == 1) { self.isTerminal = isTerminal }

    /// Begins a line of a speaker.
    func begin(_ speaker: String) {
        write { state in
            let line = (state.isLineOpen ? "\n" : "") + "\(speaker): "
            state.isLineOpen = true
            return line
        }
    }

    /// Adds words to the line.
    func add(_ words: String) { write { _ in words } }

    /// A line of its own.
    func note(_ text: String) {
        write { state in
            let line = (state.isLineOpen ? "\n" : "") + text + "\n"
            state.isLineOpen = false
            return line
        }
    }

    /// Shows both levels, in dBFS, under the line; only on a terminal, and never while words are being added to it.
    func meter(microphone: Float, loudspeaker: Float) {
        guard isTerminal else { return }
        state.withLock { state in
            guard !state.isLineOpen else { return }
            state.hasMeter = true
            print("\r\u{1B}[2K you \(Self.bar(microphone))  answer \(Self.bar(loudspeaker))", terminator: "")
            fflush(nil)
        }
    }

    /// Ends the line of a speaker.
    func end() {
        write { state in
            defer { state.isLineOpen = false }
            return state.isLineOpen ? "\n" : ""
        }
    }

    /// Ten steps from −60 to 0 dBFS.
    static func bar(_ level: Float) -> String {
        let steps = max(0, min(10, Int((level + 60) / 6)))
        return String(repeating: "▮", count: steps) + String(repeating: "▯", count: 10 - steps)
    }

    private func write(_ text: (inout State) -> String) {
        state.withLock { state in
            let meter = state.hasMeter ? "\r\u{1B}[2K" : ""
            state.hasMeter = false
            print(meter + text(&state), terminator: "")
            fflush(nil)
        }
    }
}
