#if LOCAL_ENGINES
import COnnxRuntime
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
    private var tensors: [OpaquePointer?] = []

    /// Loads the model file at `path`.
    init(path: String) throws {
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
        try check(api.pointee.AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"), path)
        try check(api.pointee.CreateSession(environment, path, options, &session), path)
        try check(api.pointee.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory), path)
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
