#if LOCAL_ENGINES
import SpeechEngines

/// A Piper voice in ONNX Runtime; it lives on one thread.
///
/// The network is cut in two. The first part plans a whole clause: how long each phoneme is and how it is said, as a row
/// of frames. The second makes sound of frames, and needs to see only a few of their neighbours: so the first tenths of
/// a second are heard while the rest of the clause is still to be made.
final class PiperModel {
    /// How a clause is to be said.
    struct Plan: Sendable {
        /// The number of frames.
        let count: Int
        /// `channels` rows of `count` numbers.
        fileprivate let frames: [Float]
    }

    /// Samples of sound in a frame; 11.6 ms at 22 050 Hz.
    private let samplesPerFrame = 256
    private let channels = 192
    /// Neighbours on either side that the sound of a frame depends on. With ten the difference to a whole clause is
    /// that of rounding.
    private let neighbours = 10

    private let planner: OnnxModel
    private let vocoder: OnnxModel
    private let plannerInputs: [String]
    private let vocoderInputs: [String]
    private let symbols: [Int32: Int64]

    private static let frames = "dec.conv_pre.weight"

    /// Loads `files`.
    init(_ files: PiperFiles) throws {
        let file = try OnnxFile(path: files.model)
        guard let frames = file.input(ofStepWithWeight: Self.frames) else {
            throw EngineError(
                .modelRefused, "\(files.model) is no voice of Piper's: there is no \(Self.frames) in it.")
        }
        let (planning, plannerInputs) = file.part(making: frames)
        let (sounding, vocoderInputs) = file.part(
            making: "output", from: .init(name: frames, shape: [1, channels, nil]))
        planner = try OnnxModel(planning, named: files.model)
        vocoder = try OnnxModel(sounding, named: files.model)
        self.plannerInputs = plannerInputs
        self.vocoderInputs = vocoderInputs
        self.frames = frames
        symbols = files.symbols
    }

    private let frames: String

    /// Plans how phonemes are said, given as Unicode code points; those that the voice does not know are left out.
    func plan(_ phonemes: [Int32], speed: Float, until stop: OnnxStop? = nil) throws -> Plan {
        // As in training: a beginning, an end, and a blank between any two.
        let blank = symbols[Self.blank] ?? 0
        let numbers =
            [symbols[Self.beginning], blank].compactMap(\.self)
            + phonemes.compactMap { symbols[$0] }.flatMap { [$0, blank] } + [symbols[Self.end]].compactMap(\.self)
        let count = Int64(numbers.count)
        let all: [String: OnnxModel.Input] = [
            "input": .integers(numbers, shape: [1, count]), "input_lengths": .integers([count], shape: [1]),
            // Variety of the sound, length, variety of the lengths; Piper's own.
            "scales": .floats([0.667, 1 / speed, 0.8], shape: [3]), "sid": .integers([0], shape: [1]),
        ]
        let made = try planner.run(try Self.pick(all, plannerInputs), for: frames, until: stop)
        return Plan(count: made.count / channels, frames: made)
    }

    /// The sound of some of a plan's frames.
    func sound(of plan: Plan, _ range: Range<Int>, until stop: OnnxStop? = nil) throws -> [Float] {
        let seen = max(0, range.lowerBound - neighbours)..<min(plan.count, range.upperBound + neighbours)
        let part = (0..<channels).flatMap { row in
            plan.frames[row * plan.count + seen.lowerBound..<row * plan.count + seen.upperBound]
        }
        let all: [String: OnnxModel.Input] = [
            frames: .floats(part, shape: [1, Int64(channels), Int64(seen.count)]), "sid": .integers([0], shape: [1]),
        ]
        let made = try vocoder.run(try Self.pick(all, vocoderInputs), for: "output", until: stop)
        let start = (range.lowerBound - seen.lowerBound) * samplesPerFrame
        let end = min(made.count, start + range.count * samplesPerFrame)
        return start < end ? Array(made[start..<end]) : []
    }

    private static func pick(
        _ all: [String: OnnxModel.Input], _ names: [String]
    ) throws -> [(name: String, value: OnnxModel.Input)] {
        try names.map { name in
            guard let value = all[name] else {
                throw EngineError(.modelRefused, "The voice wants something unknown, called \(name).")
            }
            return (name, value)
        }
    }

    private static let blank = Int32(UnicodeScalar("_").value)
    private static let beginning = Int32(UnicodeScalar("^").value)
    private static let end = Int32(UnicodeScalar("$").value)
}
#endif
