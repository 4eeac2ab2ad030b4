import Foundation
import SpeechEngines

/// An ONNX model as it lies in a file, to be cut in parts that run one after the other.
///
/// ONNX is a protocol buffer: a graph is a list of nodes, each with the names of what it takes and gives, and of
/// weights. A part holds the nodes that its outputs need, as far back as the cut, with their weights.
struct OnnxFile {
    /// A field of a message: its number and the place of its bytes.
    private struct Field {
        var number: Int
        var bytes: Range<Int>
        /// With its number in front, as it is copied.
        var whole: Range<Int>
    }

    /// A node, with the names of what it takes and gives.
    private struct Step {
        var field: Field
        var inputs: [String] = []
        var outputs: [String] = []
    }

    private let bytes: Data
    /// What is neither graph nor metadata: versions and the like.
    private var head: [Field] = []
    private var steps: [Step] = []
    private var weights: [(name: String, field: Field)] = []
    private var inputs: [(name: String, field: Field)] = []

    /// The file at `path`.
    ///
    /// - Throws: ``EngineError`` when it is missing or no ONNX model.
    init(path: String) throws {
        guard let bytes = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
            throw EngineError(.modelMissing, "\(path) cannot be read.")
        }
        guard let file = OnnxFile(bytes) else { throw EngineError(.modelRefused, "\(path) is no ONNX model.") }
        self = file
    }

    /// The model in `bytes`, or `nil` if there is none.
    init?(_ bytes: Data) {
        self.bytes = bytes.startIndex == 0 ? bytes : Data(bytes)
        guard let model = fields(of: 0..<bytes.count), let graph = model.first(where: { $0.number == Model.graph }),
            let parts = fields(of: graph.bytes)
        else { return nil }
        head = model.filter { $0.number != Model.graph }
        for field in parts {
            switch field.number {
            case Graph.node:
                guard let step = step(field) else { return nil }
                steps.append(step)
            case Graph.weight: weights.append((text(Weight.name, in: field) ?? "", field))
            case Graph.input: inputs.append((text(Value.name, in: field) ?? "", field))
            default: break
            }
        }
        guard !steps.isEmpty else { return nil }
    }

    /// The names of what the model takes.
    var inputNames: [String] { inputs.map(\.name) }

    /// What the step takes first that has this weight.
    func input(ofStepWithWeight weight: String) -> String? {
        steps.first { $0.inputs.contains(weight) }?.inputs.first
    }

    /// Floats that one part makes and the next one takes. Without their shape a part could not be made fast.
    struct Cut {
        var name: String
        /// The length of each dimension; `nil` for one that changes.
        var shape: [Int?]
    }

    /// A model of its own that makes `output`, from the model's inputs and from `cut`.
    func part(making output: String, from cut: Cut? = nil) -> (model: Data, inputs: [String]) {
        let maker = Dictionary(
            steps.enumerated().flatMap { index, step in step.outputs.map { ($0, index) } }, uniquingKeysWith: { $1 })
        var needed: Set<Int> = []
        var used: Set<String> = []
        var open = [output]
        while let name = open.popLast() {
            guard used.insert(name).inserted, name != cut?.name, let index = maker[name] else { continue }
            if needed.insert(index).inserted { open += steps[index].inputs }
        }
        var graph = Data()
        for index in steps.indices where needed.contains(index) { graph += bytes[steps[index].field.whole] }
        graph += Self.field(2, Data("part".utf8))
        for weight in weights where used.contains(weight.name) { graph += bytes[weight.field.whole] }
        let kept = inputs.filter { used.contains($0.name) }
        for input in kept { graph += bytes[input.field.whole] }
        if let cut { graph += Self.field(Graph.input, Self.floats(cut)) }
        graph += Self.field(Graph.output, Self.floats(Cut(name: output, shape: [])))
        var model = Data()
        for field in head { model += bytes[field.whole] }
        model += Self.field(Model.graph, graph)
        return (model, kept.map(\.name) + (cut.map { [$0.name] } ?? []))
    }

    // MARK: The parts of the format that matter here (onnx.proto)

    private enum Model { static let graph = 7 }
    private enum Graph {
        static let node = 1
        static let weight = 5
        static let input = 11
        static let output = 12
    }
    private enum NodeField {
        static let input = 1
        static let output = 2
        static let attribute = 5
    }
    private enum Attribute {
        static let graph = 6
        static let graphs = 11
    }
    private enum Weight { static let name = 8 }
    private enum Value { static let name = 1 }

    /// A node, with what graphs inside of it take from outside.
    private func step(_ field: Field) -> Step? {
        guard let parts = fields(of: field.bytes) else { return nil }
        var step = Step(field: field)
        for part in parts {
            switch part.number {
            case NodeField.input: step.inputs.append(text(part))
            case NodeField.output: step.outputs.append(text(part))
            case NodeField.attribute:
                for inner in fields(of: part.bytes) ?? []
                where inner.number == Attribute.graph || inner.number == Attribute.graphs {
                    for node in fields(of: inner.bytes) ?? [] where node.number == Graph.node {
                        step.inputs += self.step(node)?.inputs ?? []
                    }
                }
            default: break
            }
        }
        return step
    }

    private func text(_ field: Field) -> String { String(decoding: bytes[field.bytes], as: UTF8.self) }

    private func text(_ number: Int, in field: Field) -> String? {
        fields(of: field.bytes)?.first { $0.number == number }.map(text)
    }

    /// The fields of the message at `range`, or `nil` if there is none.
    private func fields(of range: Range<Int>) -> [Field]? {
        bytes.withUnsafeBytes { bytes in
            var fields: [Field] = []
            var at = range.lowerBound
            func number() -> Int? {
                var value: UInt64 = 0
                for shift in stride(from: 0, to: 64, by: 7) {
                    guard at < range.upperBound else { return nil }
                    let byte = bytes[at]
                    at += 1
                    value |= UInt64(byte & 127) << UInt64(shift)
                    if byte < 128 { return Int(truncatingIfNeeded: value) }
                }
                return nil
            }
            while at < range.upperBound {
                let start = at
                guard let key = number() else { return nil }
                let length: Int? =
                    switch key & 7 {
                    case 0: number() == nil ? nil : 0
                    case 1: 8
                    case 2: number()
                    case 5: 4
                    default: nil
                    }
                guard let length, length >= 0, length <= range.upperBound - at else { return nil }
                fields.append(Field(number: key >> 3, bytes: at..<at + length, whole: start..<at + length))
                at += length
            }
            return fields
        }
    }

    private static func field(_ number: Int, _ payload: Data) -> Data {
        varint(number << 3 | 2) + varint(payload.count) + payload
    }

    private static func varint(_ value: Int) -> Data {
        var bytes = Data()
        var rest = value
        while rest > 127 {
            bytes.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return bytes
    }

    /// What a graph says of floats that it takes or gives; no shape is any shape.
    private static func floats(_ value: Cut) -> Data {
        let elementType = Data([1 << 3, 1])
        let dimensions = value.shape.enumerated().reduce(into: Data()) { dimensions, dimension in
            let (index, length) = dimension
            dimensions += field(
                1, length.map { Data([1 << 3]) + varint($0) } ?? field(2, Data("\(value.name) \(index)".utf8)))
        }
        let shape = value.shape.isEmpty ? Data() : field(2, dimensions)
        return field(Value.name, Data(value.name.utf8)) + field(2, field(1, elementType + shape))
    }
}
