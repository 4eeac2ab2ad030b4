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
        process.terminationHandler = { ended in
            self.state.withLock { $0.status = $0.status ?? ended.terminationStatus }
        }
        do {
            try process.run()
        } catch {
            return end(.failure(Command.Failure.notStarted(error)))
        }
        let pid = process.processIdentifier
        // Our own copies, closed by the thread that reads them: Foundation's readability handlers close theirs while
        // Dispatch still watches them, which now and then crashes it on Linux.
        let descriptors = pipes.map { fcntl($0.fileHandleForReading.fileDescriptor, F_DUPFD_CLOEXEC, 0) }
        Thread.detachNewThread { self.gather(descriptors, pid) }
        let isLate = state.withLock { state in
            state.pid = pid
            return state.isOver
        }
        if isLate { end(.failure(CancellationError())) }
    }

    /// The first end counts. If the process still runs, it is killed.
    func end(_ result: Result<Command.Output, any Error>) {
        let waiter = state.withLock { state in
            state.isOver = true
            // `az` is a script that starts Python: Foundation gave it a process group, which goes as a whole.
            if let pid = state.pid, state.status == nil { kill(getpgid(pid) == pid ? -pid : pid, SIGKILL) }
            defer {
                state.pid = nil
                state.waiter = nil
            }
            return state.waiter
        }
        waiter?.resume(with: result.map { $0 })
    }

    /// Reads until the process has ended and closed its streams. What it left behind may hold them open (`az` leaves
    /// one that sends its telemetry), so that a quarter of a second after its end is late enough.
    private func gather(_ descriptors: [Int32], _ pid: pid_t) {
        var open = descriptors.enumerated().filter { $0.element >= 0 }.map {
            (stream: $0.offset, descriptor: $0.element)
        }
        var prints = [Data(), Data()]
        var patience: ContinuousClock.Instant?
        defer { for (_, descriptor) in open { close(descriptor) } }
        while !state.withLock({ $0.isOver }) {
            if let status = status(of: pid) {
                let now = ContinuousClock.now
                if open.isEmpty || patience.map({ now >= $0 }) == true {
                    return end(.success(Command.Output(status: status, text: prints[0], errors: prints[1])))
                }
                patience = patience ?? now + .milliseconds(250)
            }
            var polls = open.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
            poll(&polls, nfds_t(polls.count), polls.isEmpty ? 5 : 20)
            for (index, answer) in polls.enumerated().reversed() where answer.revents != 0 {
                var buffer = [UInt8](repeating: 0, count: 16 << 10)
                let count = read(answer.fd, &buffer, buffer.count)
                if count > 0 {
                    prints[open[index].stream].append(contentsOf: buffer[..<count])
                } else if count == 0 || errno != EINTR {
                    close(answer.fd)
                    open.remove(at: index)
                }
            }
            if prints.contains(where: { $0.count > Command.limit }) {
                return end(.failure(Command.Failure.tooLong))
            }
        }
    }

    /// How the process ended; nil if it has not.
    ///
    /// On Linux, Foundation notices it only once everything the process left behind has ended too, so that we look
    /// ourselves, and leave it to Foundation to collect the process.
    private func status(of pid: pid_t) -> Int32? {
        #if canImport(Glibc)
        var info = siginfo_t()
        if waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0, info.si_signo == SIGCHLD {
            state.withLock { $0.status = $0.status ?? info._sifields._sigchld.si_status }
        }
        #endif
        return state.withLock { $0.status }
    }
}
#endif
