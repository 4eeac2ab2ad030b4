import Foundation

/// How much memory this process uses.
enum ProcessMemory {
    /// The memory that is really there, in MiB; `nil` where nobody tells.
    static var residentMB: Int? {
        // Total and resident size, in pages (proc(5)).
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE))) / 1_048_576
    }
}
