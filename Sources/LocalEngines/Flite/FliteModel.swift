#if LOCAL_ENGINES
import CFlite
import SpeechEngines

/// flite's voice slt; it lives on one thread, because flite keeps global state.
final class FliteModel {
    /// What clustergen voices produce.
    static let sampleRate = 16000

    private let voice: UnsafeMutablePointer<cst_voice>

    init() throws {
        flite_init()
        guard let voice = register_cmu_us_slt(nil) else {
            throw EngineError(.modelRefused, "flite has no voice slt; Debian's flite1-dev carries it.")
        }
        self.voice = voice
    }

    deinit { unregister_cmu_us_slt(voice) }

    /// The sound of `words`, plain ASCII.
    func speak(_ words: String, speed: Float) throws -> [Float] {
        flite_feat_set_float(voice.pointee.features, "duration_stretch", 1 / speed)
        guard let wave = flite_text_to_wave(words, voice) else {
            throw EngineError(.failed, "flite failed on a clause of \(words.utf8.count) characters.")
        }
        defer { delete_wave(wave) }
        let count = Int(wave.pointee.num_samples)
        return UnsafeBufferPointer(start: wave.pointee.samples, count: count).map { Float($0) / 32768 }
    }
}
#endif
