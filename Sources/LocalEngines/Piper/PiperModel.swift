#if LOCAL_ENGINES
import CSherpa
import SpeechEngines

/// A Piper voice in sherpa-onnx; it lives on one thread.
final class PiperModel {
    let sampleRate: Int
    private let handle: OpaquePointer

    /// Loads `files`. sherpa-onnx ends the whole process on a file that it can't read, so files of unknown origin go
    /// through ``ModelProbe`` first.
    init(_ files: PiperFiles) throws {
        let string = CStrings()
        var config = SherpaOnnxOfflineTtsConfig()
        config.model.vits.model = string(files.model)
        config.model.vits.tokens = string(files.tokens)
        config.model.vits.noise_scale = 0.667  // Piper's own
        config.model.vits.noise_scale_w = 0.8
        config.model.vits.length_scale = 1
        config.model.num_threads = 1
        config.model.provider = string("cpu")
        config.max_num_sentences = 1
        guard let handle = withExtendedLifetime(string, { SherpaOnnxCreateOfflineTts(&config) }) else {
            throw EngineError(.modelRefused, "sherpa-onnx refused the voice \(files.model).")
        }
        self.handle = handle
        sampleRate = Int(SherpaOnnxOfflineTtsSampleRate(handle))
    }

    deinit { SherpaOnnxDestroyOfflineTts(handle) }

    /// The sound of phonemes, given as Unicode code points.
    func speak(_ phonemes: [Int32], speed: Float) throws -> [Float] {
        var config = SherpaOnnxGenerationConfig()
        config.speed = speed
        config.silence_scale = 0.2
        let lengths = [Int32(phonemes.count)]
        return try phonemes.withUnsafeBufferPointer { phonemes in
            try lengths.withUnsafeBufferPointer { lengths in
                config.phoneme_codepoints = phonemes.baseAddress
                config.phoneme_codepoints_lens = lengths.baseAddress
                config.phoneme_codepoints_num_sentences = 1
                // The text is ignored, but may not be empty.
                guard let audio = SherpaOnnxOfflineTtsGenerateWithConfig(handle, "x", &config, nil, nil) else {
                    throw EngineError(.failed, "The voice failed on a clause of \(phonemes.count) phonemes.")
                }
                defer { SherpaOnnxDestroyOfflineTtsGeneratedAudio(audio) }
                return Array(UnsafeBufferPointer(start: audio.pointee.samples, count: Int(audio.pointee.n)))
            }
        }
    }
}
#endif
