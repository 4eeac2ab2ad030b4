#if os(macOS) || os(Linux)
import Foundation
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A program to run to its end, without a shell and without input.
struct Command: Sendable {
    var executable: String
    var arguments: [String]
    var environment: Hidden<[String: String]>

    /// In bytes, for each of the two streams.
    static let limit = 1 << 20

    struct Output: Sendable {
        var status: Int32
        var text: Data
        var errors: Data
    }

    enum Failure: Error, Sendable {
        case timedOut
        case tooLong
        case notStarted(any Error)
    }

    /// The first executable file called `name` in a folder of `path`, a list as in `PATH`. Relative folders are passed
    /// over: what lies in the working directory is not to be run by accident.
    static func find(_ name: String, in path: String) -> String? {
        path.split(separator: ":").lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first { file in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && !isFolder.boolValue
                && FileManager.default.isExecutableFile(atPath: file)
        }
    }

    /// What it printed. After `time`, or when the task is cancelled, it and what it started are killed.
    func output(within time: Duration) async throws -> Output {
        let run = CommandRun()
        return try await withThrowingTaskGroup(of: Output?.self) { group in
            group.addTask {
                try await withTaskCancellationHandler {
                    try await withCheckedThrowingContinuation { run.start(self, waiter: $0) }
                } onCancel: {
                    run.end(.failure(CancellationError()))
                }
            }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let output = first else { throw Failure.timedOut }
            return output
        }
    }
}

/// One process and what it prints.
private final class CommandRun: Sendable {
    private struct State {
        var waiter: CheckedContinuation<Command.Output?, any Error>?
        var handles: [FileHandle] = []
        var prints = [Data(), Data()]
        var open = 2
        var pid: pid_t?
        var status: Int32?
        var isOver = false
    }

    private let state = Mutex(State())

    func start(_ command: Command, waiter: CheckedContinuation<Command.Output?, any Error>) {
        let isOver = state.withLock { state in
            if !state.isOver { state.waiter = waiter }
            return state.isOver
        }
        guard !isOver else { return waiter.resume(throwing: CancellationError()) }
        let process = Process()
        let pipes = [Pipe(), Pipe()]
        process.executableURL = URL(fileURLWithPath: command.executable)
        process.arguments = command.arguments
        process.environment = command.environment.value
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipes[0]
        process.standardError = pipes[1]
        process.terminationHandler = { self.exited($0.terminationStatus) }
        do {
            try process.run()
        } catch {
            return end(.failure(Command.Failure.notStarted(error)))
        }
        for (stream, pipe) in pipes.enumerated() {
            let handle = pipe.fileHandleForReading
            state.withLock { $0.handles.append(handle) }
            handle.readabilityHandler = { self.read($0, stream) }
        }
        let pid = process.processIdentifier
        let isLate = state.withLock { state in
            if state.status == nil { state.pid = pid }
            return state.isOver
        }
        if isLate { end(.failure(CancellationError())) } else { watch(pid) }
    }

    /// On Linux, Foundation notices the end of a process only once everything it left behind has ended too, so that we
    /// look ourselves, and leave it to Foundation to collect the process.
    private func watch(_ pid: pid_t) {
        #if canImport(Glibc)
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) {
            guard self.state.withLock({ $0.status == nil && !$0.isOver }) else { return }
            var info = siginfo_t()
            guard waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 else { return }
            if info.si_signo == SIGCHLD {
                self.exited(info._sifields._sigchld.si_status)
            } else {
                self.watch(pid)
            }
        }
        #endif
    }

    /// The first end counts. If the process still runs, it is killed.
    func end(_ result: Result<Command.Output, any Error>) {
        let (waiter, handles) = state.withLock { state in
            state.isOver = true
            // `az` is a script that starts Python: Foundation gave it a process group, which goes as a whole.
            if let pid = state.pid, state.status == nil { kill(getpgid(pid) == pid ? -pid : pid, SIGKILL) }
            defer {
                state.pid = nil
                state.waiter = nil
                state.handles = []
            }
            return (state.waiter, state.handles)
        }
        for handle in handles { handle.readabilityHandler = nil }
        waiter?.resume(with: result.map { $0 })
    }

    private func read(_ handle: FileHandle, _ stream: Int) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(handle.fileDescriptor, into: &buffer)
        if count <= 0 { handle.readabilityHandler = nil }
        let isTooLong = state.withLock { state in
            if count > 0 { state.prints[stream].append(contentsOf: buffer[..<count]) } else { state.open -= 1 }
            return state.prints[stream].count > Command.limit
        }
        if isTooLong { end(.failure(Command.Failure.tooLong)) } else { endIfComplete() }
    }

    /// What is there to read, once; 0 at the end and after an error.
    private func recv(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        while true {
            #if canImport(Darwin)
            let count = Darwin.read(descriptor, &buffer, buffer.count)
            #elseif canImport(Glibc)
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            #else
            let count = Musl.read(descriptor, &buffer, buffer.count)
            #endif
            if count >= 0 || errno != EINTR { return max(count, 0) }
        }
    }

    private func exited(_ status: Int32) {
        state.withLock { $0.status = $0.status ?? status }
        endIfComplete()
        // What it started and left behind may hold the pipes open: `az` leaves one that sends its telemetry.
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.25) { self.endIfComplete(evenIfOpen: true) }
    }

    private func endIfComplete(evenIfOpen: Bool = false) {
        let output: Command.Output? = state.withLock { state in
            guard let status = state.status, !state.isOver, state.open == 0 || evenIfOpen else { return nil }
            return Command.Output(status: status, text: state.prints[0], errors: state.prints[1])
        }
        if let output { end(.success(output)) }
    }
}
#endif
