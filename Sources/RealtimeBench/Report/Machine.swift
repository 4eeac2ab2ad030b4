import Foundation

/// What a figure depends on: the processor, and who else used it. From `/proc`; unknown where there is none.
enum Machine {
    /// Processor, cores and load average.
    static var description: String {
        let processor = file("/proc/cpuinfo")?.split(separator: "\n").first { $0.hasPrefix("model name") }
            .flatMap { $0.split(separator: ":").last }.map { $0.trimmingCharacters(in: .whitespaces) }
        let load = file("/proc/loadavg")?.split(separator: " ").prefix(3).joined(separator: " ")
        return
            "\(processor ?? "unknown processor"), \(ProcessInfo.processInfo.activeProcessorCount) cores, load average "
            + (load ?? "unknown")
    }

    /// CPU seconds that anybody used since the machine started.
    static var busySeconds: Double? {
        guard let fields = file("/proc/stat")?.prefix(while: { $0 != "\n" }).split(separator: " ").dropFirst(),
            fields.count >= 8
        else { return nil }
        let ticks = fields.prefix(8).map { Double($0) ?? 0 }
        return (ticks.reduce(0, +) - ticks[3] - ticks[4]) / ticksPerSecond  // neither idle nor waiting for a disk
    }

    /// CPU seconds of a process with all its threads.
    static func seconds(of process: Int) -> Double? {
        // The name, which may hold spaces, ends with the last bracket.
        guard let text = file("/proc/\(process)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[name...].split(separator: " ")
        guard fields.count > 13, let user = Double(fields[12]), let system = Double(fields[13]) else { return nil }
        return (user + system) / ticksPerSecond
    }

    /// CPU seconds of this process.
    static var ownSeconds: Double { seconds(of: Int(ProcessInfo.processInfo.processIdentifier)) ?? 0 }

    /// Resident memory of a process in MB, now and at most.
    static func megabytes(of process: Int) -> (now: Double, most: Double)? {
        guard let text = file("/proc/\(process)/status") else { return nil }
        func megabytes(_ name: String) -> Double? {
            text.split(separator: "\n").first { $0.hasPrefix(name) }?.split { !$0.isNumber }.first
                .flatMap { Double($0) }.map { $0 * 1024 / 1e6 }
        }
        guard let now = megabytes("VmRSS:"), let most = megabytes("VmHWM:") else { return nil }
        return (now, most)
    }

    private static var ticksPerSecond: Double { Double(sysconf(Int32(_SC_CLK_TCK))) }

    private static func file(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
}
