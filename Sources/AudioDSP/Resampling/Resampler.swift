internal import CSpeexDSP

/// Converts one stream of samples from one rate to another: a windowed-sinc low-pass, by speexdsp.
///
/// The filter's delay is compensated, so that output sample *n* belongs to the same moment as input sample
/// *n · from / to*. What the filter still holds back, a few milliseconds, comes with ``finish()``. With equal rates
/// samples pass unchanged. A resampler has one owner and is not sendable: it remembers its stream.
public final class Resampler {
    /// The rate of what goes in, samples a second.
    public let inputRate: Int
    /// The rate of what comes out, samples a second.
    public let outputRate: Int

    /// `nil` for equal rates.
    private let state: OpaquePointer?
    private var consumed = 0
    private var produced = 0

    /// 0 (quick) … 10. Five keeps 90 % of the band flat and attenuates what would alias by 80 dB and more.
    private static let quality: Int32 = 5

    /// The rates between which this converts. Outside of them speech makes no sense and the filter's table grows.
    public static let rates = 4_000...192_000

    /// A resampler for a new stream.
    ///
    /// - Parameters:
    ///   - from: the rate of what goes in, samples a second, within ``rates``.
    ///   - to: the rate of what comes out, samples a second, within ``rates``.
    /// - Throws: ``AudioError`` with ``AudioError/Code/unsupportedRate``.
    public init(from inputRate: Int, to outputRate: Int) throws {
        guard Resampler.rates.contains(inputRate), Resampler.rates.contains(outputRate) else {
            throw AudioError(
                .unsupportedRate,
                "Audio cannot be converted from \(inputRate) Hz to \(outputRate) Hz; rates from"
                    + " \(Resampler.rates.lowerBound) to \(Resampler.rates.upperBound) Hz can.")
        }
        self.inputRate = inputRate
        self.outputRate = outputRate
        guard inputRate != outputRate else {
            state = nil
            return
        }
        var failure: Int32 = 0
        state = speex_resampler_init(1, UInt32(inputRate), UInt32(outputRate), Resampler.quality, &failure)
        guard let state else {
            throw AudioError(
                .unsupportedRate, "The resampler from \(inputRate) Hz to \(outputRate) Hz is refused: code \(failure).")
        }
        speex_resampler_skip_zeros(state)
    }

    deinit {
        if let state { speex_resampler_destroy(state) }
    }

    /// The most samples that the filter holds back, at ``inputRate``.
    public var latency: Int { state.map { Int(speex_resampler_get_input_latency($0)) } ?? 0 }

    /// Converts the next samples of the stream.
    ///
    /// - Parameter samples: fractions of full scale; any number, also none.
    /// - Returns: what is decided by now: about `samples.count · to / from`, less at the beginning of the stream.
    public func process(_ samples: [Float]) -> [Float] {
        guard let state else { return samples }
        let output = convert(samples, state)
        consumed += samples.count
        produced += output.count
        return output
    }

    /// Ends the stream and makes ready for another.
    ///
    /// - Returns: the filter's tail. With it the stream has `samples in · to / from` samples out, rounded.
    public func finish() -> [Float] {
        guard let state else { return [] }
        let missing = (consumed * outputRate + inputRate / 2) / inputRate - produced
        var tail: [Float] = []
        if missing > 0 {
            tail = convert([Float](repeating: 0, count: Int(speex_resampler_get_input_latency(state)) + 1), state)
            tail.removeLast(max(0, tail.count - missing))
        }
        reset()
        return tail
    }

    /// Forgets the stream and makes ready for another.
    public func reset() {
        guard let state else { return }
        speex_resampler_reset_mem(state)
        speex_resampler_skip_zeros(state)
        consumed = 0
        produced = 0
    }

    /// Converts a whole recording.
    ///
    /// - Returns: `samples.count · to / from` samples, rounded.
    /// - Throws: ``AudioError`` with ``AudioError/Code/unsupportedRate``.
    public static func convert(_ samples: [Float], from inputRate: Int, to outputRate: Int) throws -> [Float] {
        let resampler = try Resampler(from: inputRate, to: outputRate)
        return resampler.process(samples) + resampler.finish()
    }

    private func convert(_ samples: [Float], _ state: OpaquePointer) -> [Float] {
        let capacity = samples.count * outputRate / inputRate + outputRate / inputRate + 2
        return [Float](unsafeUninitializedCapacity: capacity) { output, count in
            samples.withUnsafeBufferPointer { input in
                var taken = 0
                // Speex works in blocks of its own; it returns early, never with nothing done.
                while taken < input.count, count < output.count {
                    var inputLength = UInt32(clamping: input.count - taken)
                    var outputLength = UInt32(clamping: output.count - count)
                    guard let source = input.baseAddress, let target = output.baseAddress,
                        speex_resampler_process_float(
                            state, 0, source + taken, &inputLength, target + count, &outputLength) == 0,
                        inputLength > 0 || outputLength > 0
                    else { return }
                    taken += Int(inputLength)
                    count += Int(outputLength)
                }
            }
        }
    }
}
