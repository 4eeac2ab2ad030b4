#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// How loud sound is.
public enum Level {
    /// The mean power of samples of −1…1, in dB: −3 for a sine as loud as can be, −100 for silence.
    public static func decibels(_ samples: ArraySlice<Float>) -> Float {
        var power: Float = 0
        for sample in samples { power += sample * sample }
        return 10 * log10(power / Float(max(1, samples.count)) + 1e-10)
    }
}
