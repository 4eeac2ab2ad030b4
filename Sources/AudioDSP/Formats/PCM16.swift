#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Linear samples of 16 bits: as little-endian bytes (the wire's `pcm16`, `audio/pcm`), as `Int16`, as `Float`.
public enum PCM16 {
    /// The samples of little-endian bytes.
    ///
    /// An odd last byte is no sample and is left out; whether that is an error is the caller's to say.
    public static func decode(_ bytes: UnsafeRawBufferPointer) -> [Int16] {
        [Int16](unsafeUninitializedCapacity: bytes.count / 2) { output, count in
            count = output.count
            UnsafeMutableRawBufferPointer(output).copyMemory(from: .init(rebasing: bytes[..<(count * 2)]))
            if Int16(1).littleEndian != 1 {
                for index in 0..<count { output[index] = Int16(littleEndian: output[index]) }
            }
        }
    }

    /// The samples of little-endian bytes; an odd last byte is left out.
    public static func decode(_ bytes: some Collection<UInt8>) -> [Int16] {
        bytes.withContiguousStorageIfAvailable { decode(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { decode($0) }
    }

    /// The little-endian bytes of samples, two each.
    @inlinable
    public static func encode(_ samples: some Collection<Int16>) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: samples.count * 2) { output, count in
            for sample in samples {
                output.initializeElement(at: count, to: UInt8(truncatingIfNeeded: sample))
                output.initializeElement(at: count + 1, to: UInt8(truncatingIfNeeded: sample >> 8))
                count += 2
            }
        }
    }

    /// Samples as fractions of full scale, −1 up to (not including) 1.
    @inlinable
    public static func floats(_ samples: some Collection<Int16>) -> [Float] {
        samples.map { Float($0) * (1 / 32768) }
    }

    /// Fractions of full scale as samples: rounded, clamped to the range of `Int16`, NaN as silence.
    @inlinable
    public static func integers(_ samples: some Collection<Float>) -> [Int16] {
        samples.map { sample in
            let scaled = (sample * 32768).rounded()
            // `max` and `min` would let a NaN through.
            if scaled >= 32767 { return .max }
            if scaled <= -32768 { return .min }
            return scaled.isNaN ? 0 : Int16(scaled)
        }
    }

    /// The quietest level that ``level(_:)-(Collection<Int16>)`` reports, in dBFS: below one bit of 16.
    public static let silence: Float = -120

    /// The root-mean-square level in dBFS: 0 for a full-scale square wave, −3 for a full-scale sine,
    /// ``silence`` for no samples or nothing but zeros.
    @inlinable
    public static func level(_ samples: some Collection<Int16>) -> Float {
        decibels(samples.reduce(0) { $0 + Double($1) * Double($1) } / (32768 * 32768), count: samples.count)
    }

    /// The root-mean-square level in dBFS of fractions of full scale, as of ``level(_:)-(Collection<Int16>)``.
    @inlinable
    public static func level(_ samples: some Collection<Float>) -> Float {
        decibels(samples.reduce(0) { $0 + Double($1) * Double($1) }, count: samples.count)
    }

    @usableFromInline
    static func decibels(_ energy: Double, count: Int) -> Float {
        // A NaN fails the comparison and counts as silence.
        guard count > 0, energy > 0 else { return silence }
        return max(silence, Float(10 * log10(energy / Double(count))))
    }
}
