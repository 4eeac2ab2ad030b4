#if LOCAL_ENGINES
import AudioDSP
import SpeechEngines

/// One stream through RNNoise: up to 48 kHz, frame by frame through the network, and down again.
final class RNNoiseStream: NoiseReductionStream {
    let delay: Int

    private let library: RNNoiseLibrary
    private let state: OpaquePointer?
    /// The share of the original in what comes out.
    private let original: Float
    private let up: Resampler
    private let down: Resampler

    /// What hasn't filled a frame yet, at 48 kHz.
    private var incoming: [Float] = []
    /// The originals of the frames that the network still works on, at 48 kHz.
    private var pending: [Float]
    /// What is done, at the stream's rate. It starts with as much silence as can be held back on the way, so that there
    /// is always as much to give as was taken.
    private var done: [Float]

    init(_ library: RNNoiseLibrary, original: Float, sampleRate: Int) throws {
        let ratio = RNNoiseLibrary.sampleRate / sampleRate
        self.library = library
        self.original = original
        up = try Resampler(from: sampleRate, to: RNNoiseLibrary.sampleRate)
        down = try Resampler(from: RNNoiseLibrary.sampleRate, to: sampleRate)
        let heldBack = up.latency + (RNNoiseLibrary.frameSize + down.latency) / ratio
        delay = heldBack + RNNoiseLibrary.lag * RNNoiseLibrary.frameSize / ratio
        done = [Float](repeating: 0, count: heldBack)
        pending = [Float](repeating: 0, count: RNNoiseLibrary.lag * RNNoiseLibrary.frameSize)
        state = library.create(nil)
        guard state != nil else { throw EngineError(.failed, "There is no memory for noise reduction.") }
    }

    deinit { if let state { library.destroy(state) } }

    func process(_ samples: [Float]) -> [Float] {
        incoming += up.process(samples)
        let whole = incoming.count / RNNoiseLibrary.frameSize * RNNoiseLibrary.frameSize
        done += down.process(clean(incoming[..<whole]))
        incoming.removeFirst(whole)
        let result = Array(done.prefix(samples.count))
        done.removeFirst(result.count)
        return result
    }

    /// What the network makes of whole frames, with its share of the original.
    private func clean(_ samples: ArraySlice<Float>) -> [Float] {
        pending += samples
        var cleaned = samples.map { $0 * 32768 }
        cleaned.withUnsafeMutableBufferPointer { cleaned in
            for start in stride(from: 0, to: cleaned.count, by: RNNoiseLibrary.frameSize) {
                guard let frame = cleaned.baseAddress.map({ $0 + start }) else { return }
                _ = library.processFrame(state, frame, frame)
                for index in 0..<RNNoiseLibrary.frameSize {
                    frame[index] = original * pending[start + index] + (1 - original) / 32768 * frame[index]
                }
            }
        }
        pending.removeFirst(cleaned.count)
        return cleaned
    }
}
#endif
