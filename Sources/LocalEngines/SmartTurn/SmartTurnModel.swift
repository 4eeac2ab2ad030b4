#if LOCAL_ENGINES
import COnnxRuntime
import SpeechEngines

/// The Smart Turn network: a spectrogram of 8 s in, the probability of a finished turn out.
final class SmartTurnModel {
    private static let inputNames: [StaticString] = ["input_features"]
    /// So it is called, but the network ends in a sigmoid.
    private static let outputNames: [StaticString] = ["logits"]
    private let inputNames = inputNames.map(\.cString)
    private let outputNames = outputNames.map(\.cString)

    private let spectrogram = LogMelSpectrogram()
    private let features: UnsafeMutableBufferPointer<Float>
    private let output: UnsafeMutableBufferPointer<Float>
    private let model: OnnxModel
    private var inputs: [OpaquePointer?] = []
    private var outputs: [OpaquePointer?] = []

    init(path: String) throws {
        model = try OnnxModel(path: path)
        features = .allocate(capacity: LogMelSpectrogram.bands * LogMelSpectrogram.frames)
        output = .allocate(capacity: 1)
        for floats in [features, output] { floats.initialize(repeating: 0) }
        inputs = [
            try model.tensor(features, shape: [1, Int64(LogMelSpectrogram.bands), Int64(LogMelSpectrogram.frames)])
        ]
        outputs = [try model.tensor(output, shape: [1, 1])]
    }

    deinit {
        for floats in [features, output] { floats.deallocate() }
    }

    /// The probability that who says `samples` has finished.
    func probability(_ samples: [Float]) throws -> Float {
        spectrogram.compute(samples, into: features)
        try model.run(inputs, named: inputNames, into: &outputs, named: outputNames)
        return output[0]
    }
}
#endif
