import Foundation

/// What Whisper's networks hear: the loudness of 80 bands of pitch, 100 times a second, over 8 s.
///
/// The numbers are those of `WhisperFeatureExtractor(chunk_length=8)` in Hugging Face's transformers with
/// `do_normalize=True`, after the sound was filled up with zeros at its beginning, as Smart Turn's own inference does.
final class LogMelSpectrogram {
    /// Samples it covers: 8 s at 16 kHz.
    static let sampleCount = 128_000
    /// Bands of pitch.
    static let bands = 80
    /// Frames of time, 10 ms apart.
    static let frames = 800

    private static let window = FourierTransform.count
    private static let hop = 160
    private static let margin = window / 2
    /// Pitches in a transform of real numbers; the rest mirrors them.
    private static let pitches = window / 2 + 1

    /// How strongly each pitch from `first` on counts in a band.
    private struct Band {
        var first: Int
        var weights: [Float]
    }

    private let transform = FourierTransform()
    private let hann: [Float]
    private let filters: [Band]
    private let sound: UnsafeMutableBufferPointer<Float>
    private let power: UnsafeMutableBufferPointer<(SIMD4<Float>, SIMD4<Float>)>

    init() {
        hann = (0..<Self.window).map { Float(0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(Self.window))) }
        filters = Self.makeFilters()
        sound = .allocate(capacity: Self.sampleCount + 2 * Self.margin)
        sound.initialize(repeating: 0)
        power = .allocate(capacity: Self.pitches)
        power.initialize(repeating: (.zero, .zero))
    }

    deinit {
        sound.deallocate()
        power.deallocate()
    }

    /// Computes the spectrogram of the last 8 s of `samples`.
    ///
    /// - Parameters:
    ///   - samples: 16 kHz mono; fewer than 8 s are preceded by silence.
    ///   - result: takes 80 · 800 numbers, about −1…1.5, band after band.
    func compute(_ samples: [Float], into result: UnsafeMutableBufferPointer<Float>) {
        fill(samples.suffix(Self.sampleCount))
        var loudest = -Float.infinity
        for frame in stride(from: 0, to: Self.frames, by: 8) {
            transformFrames(from: frame)
            for (band, filter) in filters.enumerated() {
                var sums = (SIMD4<Float>.zero, SIMD4<Float>.zero)
                for (index, weight) in filter.weights.enumerated() {
                    let (early, late) = power[filter.first + index]
                    sums.0 += weight * early
                    sums.1 += weight * late
                }
                for lane in 0..<4 {
                    let place = band * Self.frames + frame + lane
                    result[place] = log10(max(1e-10, sums.0[lane]))
                    result[place + 4] = log10(max(1e-10, sums.1[lane]))
                    loudest = max(loudest, result[place], result[place + 4])
                }
            }
        }
        for index in result.indices { result[index] = (max(result[index], loudest - 8) + 4) / 4 }
    }

    /// Puts the sound into place, with mean 0 and variance 1 over all 8 s, and mirrored at both ends.
    private func fill(_ samples: ArraySlice<Float>) {
        let length = Double(Self.sampleCount)
        let mean = samples.reduce(0) { $0 + Double($1) } / length
        let silence = Self.sampleCount - samples.count
        let squares = samples.reduce(Double(silence) * mean * mean) { $0 + (Double($1) - mean) * (Double($1) - mean) }
        let scale = 1 / (squares / length + 1e-7).squareRoot()
        for index in 0..<silence { sound[Self.margin + index] = Float(-mean * scale) }
        for (index, sample) in samples.enumerated() {
            sound[Self.margin + silence + index] = Float((Double(sample) - mean) * scale)
        }
        let last = Self.margin + Self.sampleCount - 1
        for distance in 1...Self.margin {
            sound[Self.margin - distance] = sound[Self.margin + distance]
            sound[last + distance] = sound[last - distance]
        }
    }

    /// Puts the powers of eight frames into ``power``.
    ///
    /// Sound is real, so a complex transform does two frames at once: one as the real part, one as the imaginary. The
    /// symmetries of their transforms tell them apart.
    private func transformFrames(from frame: Int) {
        let start = frame * Self.hop
        for index in 0..<Self.window {
            let place = start + index
            let early = SIMD4(
                sound[place], sound[place + Self.hop], sound[place + 2 * Self.hop], sound[place + 3 * Self.hop])
            let late = SIMD4(
                sound[place + 4 * Self.hop], sound[place + 5 * Self.hop], sound[place + 6 * Self.hop],
                sound[place + 7 * Self.hop])
            transform.values[index] = .init(re: early * hann[index], im: late * hann[index])
        }
        transform.run()
        for pitch in 0..<Self.pitches {
            let here = transform.values[pitch]
            let mirror = transform.values[pitch == 0 ? 0 : Self.window - pitch]
            let early = (here.re + mirror.re, here.im - mirror.im)
            let late = (here.im + mirror.im, mirror.re - here.re)
            power[pitch] = (
                (early.0 * early.0 + early.1 * early.1) / 4, (late.0 * late.0 + late.1 * late.1) / 4
            )
        }
    }

    /// Triangles, evenly spaced on Slaney's mel scale from 0 to 8 kHz, each of the same area.
    private static func makeFilters() -> [Band] {
        // Linear to 1 kHz, which is 15 mel; from there 27 mel are a factor of 6.4.
        let top = 15 + 27 * log(8.0) / log(6.4)
        let edges = (0...bands + 1).map { index in
            let mel = top * Double(index) / Double(bands + 1)
            return mel < 15 ? mel * 200 / 3 : 1000 * exp(log(6.4) / 27 * (mel - 15))
        }
        return (0..<bands).map { band in
            let (low, centre, high) = (edges[band], edges[band + 1], edges[band + 2])
            let weights = (0..<pitches).map { pitch in
                let frequency = Double(pitch) * 16000 / Double(window)
                let height = min((frequency - low) / (centre - low), (high - frequency) / (high - centre))
                return Float(max(0, height) * 2 / (high - low))
            }
            let first = weights.firstIndex { $0 > 0 } ?? 0
            let last = weights.lastIndex { $0 > 0 } ?? 0
            return Band(first: first, weights: Array(weights[first...last]))
        }
    }
}
