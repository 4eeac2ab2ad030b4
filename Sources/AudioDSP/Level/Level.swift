#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// How loud sound is.
public enum Level {
    /// The mean power of samples of −1…1, in dB: −3 for a sine as loud as can be, −100 for silence.
    public static func decibels(_ samples: some Collection<Float>) -> Float {
        10 * log10(samples.reduce(0) { $0 + $1 * $1 } / Float(max(1, samples.count)) + 1e-10)
    }
}
