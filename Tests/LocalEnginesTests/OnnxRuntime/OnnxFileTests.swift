import Foundation
import Testing

@testable import LocalEngines

@Suite("ONNX files") struct OnnxFileTests {
    private static func field(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [number << 3 | 2, UInt8(payload.count)] + payload
    }

    private static func node(_ inputs: [String], _ output: String) -> [UInt8] {
        field(1, inputs.flatMap { field(1, Array($0.utf8)) } + field(2, Array(output.utf8)))
    }

    private static func value(_ number: UInt8, _ name: String) -> [UInt8] { field(number, field(1, Array(name.utf8))) }

    /// a, w → b → c, and d → e beside them.
    private static let model = Data(
        [8, 7]
            + field(
                7,
                node(["a", "w"], "b") + node(["b"], "c") + node(["d"], "e") + field(5, field(8, Array("w".utf8)))
                    + field(5, field(8, Array("v".utf8))) + value(11, "a") + value(11, "d") + value(12, "c")
                    + value(12, "e")))

    private func names(_ model: Data) throws -> [String] { try #require(OnnxFile(model)).inputNames }

    @Test("are cut where one part makes what the next one takes")
    func cut() throws {
        let file = try #require(OnnxFile(Self.model))
        #expect(file.inputNames == ["a", "d"])
        #expect(file.input(ofStepWithWeight: "w") == "a")
        #expect(file.input(ofStepWithWeight: "nobody's") == nil)
        let first = file.part(making: "b")
        #expect(first.inputs == ["a"])
        #expect(try names(first.model) == ["a"])
        #expect(first.model.range(of: Data("w".utf8)) != nil && first.model.range(of: Data("v".utf8)) == nil)
        let second = file.part(making: "c", from: .init(name: "b", shape: [1, nil]))
        #expect(second.inputs == ["b"])
        #expect(try names(second.model) == ["b"])
        #expect(second.model.range(of: Data("w".utf8)) == nil)
        #expect(second.model.starts(with: [8, 7]))
    }

    @Test("that are damaged are no models, and nothing traps")
    func damaged() {
        #expect(OnnxFile(Data()) == nil)
        #expect(OnnxFile(Data("GGUF is something else".utf8)) == nil)
        for count in Self.model.indices { _ = OnnxFile(Self.model.prefix(count)) }
        var random = SystemRandomNumberGenerator()
        let seed = random.next()
        print("ONNX files: seed \(seed)")  // before anything can trap
        var state = seed
        for _ in 0..<2000 {
            var bytes = Self.model
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 56)
            }
            if let file = OnnxFile(bytes) { _ = file.part(making: "c", from: .init(name: "b", shape: [1, nil])) }
        }
    }
}
