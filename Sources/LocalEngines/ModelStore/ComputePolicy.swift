import Foundation

/// How the threads of llama.cpp wait for each other.
///
/// By default OpenMP's threads wait in a busy loop. As soon as anything else wants a core, one thread spins while the
/// other cannot run, and decoding falls below one token per second. libgomp reads the policy from the environment when
/// it is loaded, which is before `main`, so a process that was started without it has to start again.
public enum ComputePolicy {
    private static let variable = "OMP_WAIT_POLICY"
    /// Set for the second start, so that there is no third.
    private static let guardVariable = "VIVAVOCE_RESTARTED_FOR_OPENMP"

    /// Whether this process was started with passive waiting; without it llama.cpp is given one thread only.
    public static var waitsPassively: Bool {
        ProcessInfo.processInfo.environment[variable]?.lowercased() == "passive"
    }

    /// Starts this process again with `OMP_WAIT_POLICY=passive`, unless it already has it.
    ///
    /// Call it first in `main`: nothing that was done before survives. Returns when there is nothing to do, or when
    /// the system refuses; the language model then computes on one thread.
    public static func ensurePassiveWaiting() {
        #if os(Linux)
        guard !waitsPassively, ProcessInfo.processInfo.environment[guardVariable] == nil else { return }
        setenv(variable, "passive", 1)
        setenv(guardVariable, "1", 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        execv("/proc/self/exe", arguments)
        // Still here: the system refused. What libgomp has read at its start stays true, so the variable must not lie.
        unsetenv(variable)
        for argument in arguments { free(argument) }
        #endif
    }
}
