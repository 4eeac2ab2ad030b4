#if LOCAL_ENGINES
import COnnxRuntime
import SpeechEngines

/// Stops a run of an ``OnnxModel`` from another thread: it ends at the next node of the network, within some milliseconds.
final class OnnxStop: Sendable {
    // ONNX Runtime reads them while it runs, and lets any thread ask for the end meanwhile.
    private nonisolated(unsafe) let api: UnsafePointer<OrtApi>
    nonisolated(unsafe) let options: OpaquePointer

    /// - Throws: ``EngineError`` when there is no memory for it.
    init() throws {
        var options: OpaquePointer?
        guard let base = OrtGetApiBase(), let api = base.pointee.GetApi(UInt32(ORT_API_VERSION)),
            api.pointee.CreateRunOptions(&options) == nil, let options
        else { throw EngineError(.failed, "ONNX Runtime has no memory for a run.") }
        self.api = api
        self.options = options
    }

    deinit { api.pointee.ReleaseRunOptions(options) }

    /// Ends the run, also one that has not begun.
    func callAsFunction() { _ = api.pointee.RunOptionsSetTerminate(options) }
}
#endif
