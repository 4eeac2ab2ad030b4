#if LOCAL_ENGINES
import CSherpa
import SpeechEngines

/// A recognizer in sherpa-onnx that takes whole utterances; it lives on one thread.
final class OfflineRecognizer {
    private let handle: OpaquePointer

    /// Loads `files`. sherpa-onnx ends the whole process on a file that it can't read, so files of unknown origin go
    /// through ``ModelProbe`` first.
    init(_ files: RecognizerFiles) throws {
        let string = CStrings()
        var config = SherpaOnnxOfflineRecognizerConfig()
        config.feat_config.sample_rate = 16000
        config.feat_config.feature_dim = 80
        config.decoding_method = string("greedy_search")
        config.model_config.tokens = string(files.tokens)
        config.model_config.num_threads = 1
        config.model_config.provider = string("cpu")
        switch files.family {
        case .moonshine(let encoder, let mergedDecoder):
            config.model_config.moonshine.encoder = string(encoder)
            config.model_config.moonshine.merged_decoder = string(mergedDecoder)
        case .moonshineSeries1(let preprocessor, let encoder, let uncachedDecoder, let cachedDecoder):
            config.model_config.moonshine.preprocessor = string(preprocessor)
            config.model_config.moonshine.encoder = string(encoder)
            config.model_config.moonshine.uncached_decoder = string(uncachedDecoder)
            config.model_config.moonshine.cached_decoder = string(cachedDecoder)
        case .whisper(let encoder, let decoder, let isEnglish):
            config.model_config.whisper.encoder = string(encoder)
            config.model_config.whisper.decoder = string(decoder)
            config.model_config.whisper.language = string(isEnglish ? "en" : "")
            config.model_config.whisper.task = string("transcribe")
        case .transducer(let encoder, let decoder, let joiner):
            config.model_config.transducer.encoder = string(encoder)
            config.model_config.transducer.decoder = string(decoder)
            config.model_config.transducer.joiner = string(joiner)
        case .senseVoice(let model):
            config.model_config.sense_voice.model = string(model)
            config.model_config.sense_voice.use_itn = 1
        case .paraformer(let model): config.model_config.paraformer.model = string(model)
        case .nemoCTC(let model): config.model_config.nemo_ctc.model = string(model)
        }
        guard let handle = withExtendedLifetime(string, { SherpaOnnxCreateOfflineRecognizer(&config) }) else {
            throw EngineError(.modelRefused, "sherpa-onnx refused the recognizer beside \(files.tokens).")
        }
        self.handle = handle
    }

    deinit { SherpaOnnxDestroyOfflineRecognizer(handle) }

    /// The words of `samples` at 16 kHz, as the model writes them.
    func transcribe(_ samples: [Float]) throws -> String {
        guard let stream = SherpaOnnxCreateOfflineStream(handle) else {
            throw EngineError(.failed, "sherpa-onnx could not take an utterance.")
        }
        defer { SherpaOnnxDestroyOfflineStream(stream) }
        SherpaOnnxAcceptWaveformOffline(stream, 16000, samples, Int32(samples.count))
        SherpaOnnxDecodeOfflineStream(handle, stream)
        guard let result = SherpaOnnxGetOfflineStreamResult(stream) else {
            throw EngineError(.failed, "sherpa-onnx gave no result for an utterance.")
        }
        defer { SherpaOnnxDestroyOfflineRecognizerResult(result) }
        return result.pointee.text.map { String(cString: $0) } ?? ""
    }
}
#endif
