#if LOCAL_ENGINES
import COnnxRuntime
import Foundation
import SpeechEngines

/// A model in ONNX Runtime with one computing thread, and the tensors it is run on.
///
/// Used by the thread that made it only. The tensors are views of memory that this object owns, so running the model
/// allocates nothing of ours.
final class OnnxModel {
    private let api: UnsafePointer<OrtApi>
    private var environment: OpaquePointer?
    private var session: OpaquePointer?
    private var memory: OpaquePointer?
    /// The library's own, which is never released.
    private var allocator: UnsafeMutablePointer<OrtAllocator>?
    private var tensors: [OpaquePointer?] = []

    /// Loads the model file at `path`.
    convenience init(path: String) throws {
        try self.init(named: path) { api, environment, options, session in
            api.pointee.CreateSession(environment, path, options, &session)
        }
    }

    /// Loads the model in `bytes`.
    ///
    /// - Parameter name: what it is called in messages.
    convenience init(_ bytes: Data, named name: String) throws {
        try self.init(named: name) { api, environment, options, session in
            bytes.withUnsafeBytes {
                api.pointee.CreateSessionFromArray(environment, $0.baseAddress, $0.count, options, &session)
            }
        }
    }

    private init(
        named path: String,
        _ load: (UnsafePointer<OrtApi>, OpaquePointer?, OpaquePointer?, inout OpaquePointer?) -> OrtStatusPtr?
    ) throws {
        // The library serves every API version up to its own.
        guard let base = OrtGetApiBase(), let api = base.pointee.GetApi(UInt32(ORT_API_VERSION)) else {
            throw EngineError(.failed, "ONNX Runtime is older than the headers this program was built with.")
        }
        self.api = api
        try check(api.pointee.CreateEnv(ORT_LOGGING_LEVEL_ERROR, "vivavoce", &environment), path)
        var options: OpaquePointer?
        try check(api.pointee.CreateSessionOptions(&options), path)
        defer { api.pointee.ReleaseSessionOptions(options) }
        try check(api.pointee.SetIntraOpNumThreads(options, 1), path)
        try check(api.pointee.SetInterOpNumThreads(options, 1), path)
        try check(api.pointee.SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL), path)
        try check(api.pointee.AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"), path)
        try check(load(api, environment, options, &session), path)
        try check(api.pointee.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory), path)
        try check(api.pointee.GetAllocatorWithDefaultOptions(&allocator), path)
    }

    deinit {
        for tensor in tensors { api.pointee.ReleaseValue(tensor) }
        api.pointee.ReleaseMemoryInfo(memory)
        api.pointee.ReleaseSession(session)
        api.pointee.ReleaseEnv(environment)
    }

    /// A tensor over `elements`, which must outlive the model.
    func tensor(
        _ elements: UnsafeMutableRawBufferPointer, shape: [Int64], type: ONNXTensorElementDataType
    ) throws -> OpaquePointer? {
        var tensor: OpaquePointer?
        try check(
            api.pointee.CreateTensorWithDataAsOrtValue(
                memory, elements.baseAddress, elements.count, shape, shape.count, type, &tensor), "tensor")
        tensors.append(tensor)
        return tensor
    }

    /// A tensor of numbers over `floats`, which must outlive the model.
    func tensor(_ floats: UnsafeMutableBufferPointer<Float>, shape: [Int64]) throws -> OpaquePointer? {
        try tensor(UnsafeMutableRawBufferPointer(floats), shape: shape, type: ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT)
    }

    /// Runs the model from `inputs` into `outputs`, which were made by ``tensor(_:shape:type:)``.
    func run(
        _ inputs: [OpaquePointer?], named inputNames: [UnsafePointer<CChar>?],
        into outputs: inout [OpaquePointer?], named outputNames: [UnsafePointer<CChar>?]
    ) throws {
        try check(
            api.pointee.Run(
                session, nil, inputNames, inputs, inputs.count, outputNames, outputNames.count, &outputs), "run")
    }

    /// Runs the model once from `inputs` and returns its one output, whose length only the model knows.
    ///
    /// - Parameter stop: ends the run from another thread.
    /// - Throws: ``EngineError``, also when the run was ended.
    func run(_ inputs: [(name: String, value: Input)], for output: String, until stop: OnnxStop? = nil) throws
        -> [Float]
    {
        var values: [OpaquePointer?] = []
        var result: OpaquePointer?
        defer { for value in values + [result] { api.pointee.ReleaseValue(value) } }
        for input in inputs {
            var value: OpaquePointer?
            let (count, shape, type) = input.value.description
            try check(
                api.pointee.CreateTensorAsOrtValue(allocator, shape, shape.count, type, &value), input.name)
            values.append(value)
            var elements: UnsafeMutableRawPointer?
            try check(api.pointee.GetTensorMutableData(value, &elements), input.name)
            input.value.copy(to: UnsafeMutableRawBufferPointer(start: elements, count: count))
        }
        let names = inputs.map { strdup($0.name) }
        defer { for name in names { free(name) } }
        var inputNames = names.map { UnsafePointer($0) }
        try output.withCString { name in
            var outputName: UnsafePointer<CChar>? = name
            try check(
                api.pointee.Run(
                    session, stop?.options, &inputNames, values, values.count, &outputName, 1, &result), "run")
        }
        var information: OpaquePointer?
        try check(api.pointee.GetTensorTypeAndShape(result, &information), output)
        defer { api.pointee.ReleaseTensorTypeAndShapeInfo(information) }
        var count = 0
        try check(api.pointee.GetTensorShapeElementCount(information, &count), output)
        var elements: UnsafeMutableRawPointer?
        try check(api.pointee.GetTensorMutableData(result, &elements), output)
        guard let elements else { return [] }
        return Array(UnsafeBufferPointer(start: elements.assumingMemoryBound(to: Float.self), count: count))
    }

    /// Numbers that a model takes.
    enum Input {
        case floats([Float], shape: [Int64])
        case integers([Int64], shape: [Int64])

        fileprivate var description: (bytes: Int, shape: [Int64], type: ONNXTensorElementDataType) {
            switch self {
            case .floats(let floats, let shape): (floats.count * 4, shape, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT)
            case .integers(let integers, let shape): (integers.count * 8, shape, ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64)
            }
        }

        fileprivate func copy(to bytes: UnsafeMutableRawBufferPointer) {
            switch self {
            case .floats(let floats, _): floats.withUnsafeBytes { bytes.copyMemory(from: $0) }
            case .integers(let integers, _): integers.withUnsafeBytes { bytes.copyMemory(from: $0) }
            }
        }
    }

    private func check(_ status: OrtStatusPtr?, _ subject: String) throws {
        guard let status else { return }
        defer { api.pointee.ReleaseStatus(status) }
        let words = api.pointee.GetErrorMessage(status).map { String(cString: $0) } ?? "no reason given"
        throw EngineError(session == nil ? .modelRefused : .failed, "ONNX Runtime: \(subject): \(words)")
    }
}

extension StaticString {
    /// The literal as C reads it. Literals live as long as the program.
    var cString: UnsafePointer<CChar>? { UnsafeRawPointer(utf8Start).assumingMemoryBound(to: CChar.self) }
}
#endif
