import AudioDSP
import RealtimeProtocol
import SpeechEngines

/// Turns what a client appends into samples and voice windows.
///
/// It belongs to the session's one task and holds what must outlast a message: half a sample, a resampler's memory,
/// samples short of a window, the detector's state.
struct Ear {
    private let detector: any VoiceActivityDetector
    private let noiseReducer: (any NoiseReducer)?
    /// What takes noise out of the audio now, and for which microphone and rate it was made.
    private var cleaning: (stream: any NoiseReductionStream, microphone: Microphone, rate: Int)?
    /// What takes echo out of it, and for which rate it was made.
    private var echo: (canceller: EchoCanceller, rate: Int)?
    private var format = AudioFormat.pcm
    private var oddByte: UInt8?
    private var resampler: Resampler?
    private var pending: [Float] = []
    private var state = VoiceActivityState()
    /// The tick at which the next window begins, while the detector listens.
    private var windowStart: Int?

    init(detector: any VoiceActivityDetector, noiseReducer: (any NoiseReducer)?) {
        self.detector = detector
        self.noiseReducer = noiseReducer
    }

    /// The samples without noise, as many as there were; they lag some milliseconds behind, and so does all that hears
    /// them. As they are where nothing is wanted or there is no engine for it.
    mutating func clean(
        _ samples: ArraySlice<Int16>, rate: Int, for wish: NoiseReduction.Kind?
    ) throws -> ArraySlice<Int16> {
        guard let noiseReducer, let microphone = wish.map({ $0 == .nearField ? Microphone.near : .far }) else {
            cleaning = nil
            return samples
        }
        if cleaning?.microphone != microphone || cleaning?.rate != rate {
            cleaning = (try noiseReducer.makeStream(for: microphone, sampleRate: rate), microphone, rate)
        }
        return (cleaning?.stream.process(PCM16.floats(samples))).map { PCM16.integers($0)[...] } ?? samples
    }

    /// The samples without the echo of what was played meanwhile; they lag 20 ms behind.
    mutating func cancelEcho(of played: [Int16], in samples: ArraySlice<Int16>, rate: Int) throws -> ArraySlice<Int16> {
        if echo?.rate != rate { echo = (try EchoCanceller(rate: rate), rate) }
        return (echo?.canceller.process(samples, playing: played)).map { $0[...] } ?? samples
    }

    /// The samples in `bytes`. Half a sample waits for its other half (protocol.md B.12).
    mutating func samples(in bytes: [UInt8], format: AudioFormat) -> [Int16] {
        if format != self.format {
            self.format = format
            oddByte = nil
            forget()
        }
        switch format {
        case .pcmu: return G711.decode(bytes, .mu)
        case .pcma: return G711.decode(bytes, .a)
        case .pcm:
            var bytes = bytes
            if let oddByte { bytes.insert(oddByte, at: 0) }
            oddByte = bytes.count % 2 == 1 ? bytes.removeLast() : nil
            return PCM16.decode(bytes)
        }
    }

    /// The buffer ends here: half a sample has nothing to wait for.
    mutating func endBuffer() { oddByte = nil }

    /// Listens for a voice in samples that stand at `range`.
    mutating func listen(to samples: ArraySlice<Int16>, at range: Range<Int>) async throws -> [VoiceWindow] {
        if resampler == nil { resampler = try Resampler(from: format.sampleRate, to: 16_000) }
        var start = windowStart ?? range.lowerBound
        pending += resampler?.process(PCM16.floats(samples)) ?? []
        let whole = pending.count / detector.windowSize * detector.windowSize
        defer { windowStart = start }
        guard whole > 0 else { return [] }
        let windows = Array(pending.prefix(whole))
        pending.removeFirst(whole)
        let size = detector.windowSize
        return try await detector.probabilities(of: windows, continuing: &state).enumerated().map {
            index, probability in
            start += VoiceWindow.length
            return VoiceWindow(
                end: start, probability: probability,
                level: Level.decibels(windows[index * size..<(index + 1) * size]))
        }
    }

    /// Stops listening; what comes next has nothing to do with what came before.
    mutating func forget() {
        resampler = nil
        pending = []
        state = VoiceActivityState()
        windowStart = nil
    }
}
