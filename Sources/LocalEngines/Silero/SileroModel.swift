#if LOCAL_ENGINES
import COnnxRuntime
import SpeechEngines

/// The Silero network: one window of sound and a recurrent state in, a probability and the next state out.
final class SileroModel {
    /// New samples in a window: 32 ms at 16 kHz.
    static let windowSize = 512
    /// Samples of the window before that the network sees again.
    static let contextSize = 64
    /// Numbers in the recurrent state, `[2, 1, 128]`.
    static let memorySize = 2 * 128

    private let input: UnsafeMutableBufferPointer<Float>
    private let memory: UnsafeMutableBufferPointer<Float>
    private let nextMemory: UnsafeMutableBufferPointer<Float>
    private let probability: UnsafeMutableBufferPointer<Float>
    private let rate: UnsafeMutableBufferPointer<Int64>

    private static let inputNames: [StaticString] = ["input", "state", "sr"]
    private static let outputNames: [StaticString] = ["output", "stateN"]
    private let inputNames = inputNames.map(\.cString)
    private let outputNames = outputNames.map(\.cString)

    private let model: OnnxModel
    private var inputs: [OpaquePointer?] = []
    private var outputs: [OpaquePointer?] = []

    init(path: String) throws {
        model = try OnnxModel(path: path)
        input = .allocate(capacity: Self.contextSize + Self.windowSize)
        memory = .allocate(capacity: Self.memorySize)
        nextMemory = .allocate(capacity: Self.memorySize)
        probability = .allocate(capacity: 1)
        rate = .allocate(capacity: 1)
        for floats in [input, memory, nextMemory, probability] { floats.initialize(repeating: 0) }
        rate.initialize(repeating: 16000)

        inputs = [
            try model.tensor(input, shape: [1, Int64(input.count)]),
            try model.tensor(memory, shape: [2, 1, 128]),
            try model.tensor(
                UnsafeMutableRawBufferPointer(rate), shape: [], type: ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64),
        ]
        outputs = [
            try model.tensor(probability, shape: [1, 1]),
            try model.tensor(nextMemory, shape: [2, 1, 128]),
        ]
    }

    deinit {
        for floats in [input, memory, nextMemory, probability] { floats.deallocate() }
        rate.deallocate()
    }

    /// The probabilities of speech in the windows of `samples`, and what is remembered after them in `state`.
    func probabilities(of samples: [Float], continuing state: inout VoiceActivityState) throws -> [Float] {
        restore(state)
        var probabilities: [Float] = []
        probabilities.reserveCapacity(samples.count / Self.windowSize)
        for start in stride(from: 0, to: samples.count, by: Self.windowSize) {
            for index in 0..<Self.windowSize { input[Self.contextSize + index] = samples[start + index] }
            try model.run(inputs, named: inputNames, into: &outputs, named: outputNames)
            probabilities.append(probability[0])
            for index in memory.indices { memory[index] = nextMemory[index] }
            for index in 0..<Self.contextSize { input[index] = input[Self.windowSize + index] }
        }
        state.memory = Array(memory)
        state.context = Array(input[..<Self.contextSize])
        return probabilities
    }

    /// Makes the network remember `state`; one that isn't of this network counts as new.
    private func restore(_ state: VoiceActivityState) {
        let isOurs = state.memory.count == Self.memorySize && state.context.count == Self.contextSize
        for index in memory.indices { memory[index] = isOurs ? state.memory[index] : 0 }
        for index in 0..<Self.contextSize { input[index] = isOurs ? state.context[index] : 0 }
    }
}
#endif
