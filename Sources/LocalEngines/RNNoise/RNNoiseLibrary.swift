#if LOCAL_ENGINES
import Foundation
import SpeechEngines

/// The functions of librnnoise, which has its weights inside.
///
/// It is opened when the program runs, not linked, so that a machine without it still builds and serves. Once open it
/// stays.
struct RNNoiseLibrary: Sendable {
    /// Samples that ``processFrame`` takes: 10 ms at 48 kHz.
    static let frameSize = 480
    /// Samples per second that it wants.
    static let sampleRate = 48_000
    /// Frames by which what comes out lags behind what goes in: one to overlap windows, one to look ahead.
    static let lag = 2

    /// Makes the state of a stream, from a model of one's own or `nil` for the one inside.
    let create: @Sendable @convention(c) (OpaquePointer?) -> OpaquePointer?
    /// Frees a state.
    let destroy: @Sendable @convention(c) (OpaquePointer?) -> Void
    /// Cleans the second frame into the first, both with 32768 for full scale, and tells the probability of speech.
    let processFrame:
        @Sendable @convention(c) (OpaquePointer?, UnsafeMutablePointer<Float>, UnsafePointer<Float>) -> Float

    /// Opens the library.
    ///
    /// - Parameter name: its path, or its name alone, which is looked for where the program's other libraries are.
    init(_ name: String) throws {
        guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            throw EngineError(.modelMissing, "\(name) can't be opened: \(Self.reason).")
        }
        func function<Function>(_ symbol: String, as type: Function.Type) throws -> Function {
            guard let address = dlsym(handle, symbol) else {
                throw EngineError(.modelRefused, "\(name) is no librnnoise: \(Self.reason).")
            }
            return unsafeBitCast(address, to: type)
        }
        create = try function("rnnoise_create", as: type(of: create))
        destroy = try function("rnnoise_destroy", as: type(of: destroy))
        processFrame = try function("rnnoise_process_frame", as: type(of: processFrame))
        let frameSize = try function("rnnoise_get_frame_size", as: (@convention(c) () -> Int32).self)
        guard frameSize() == Self.frameSize else {
            throw EngineError(.modelRefused, "\(name) works on frames of \(frameSize()) samples, not of 480.")
        }
    }

    private static var reason: String { dlerror().map { String(cString: $0) } ?? "no reason given" }
}
#endif
