/// A set of models that fit together, from quick to good.
public enum Preset: String, CaseIterable, Sendable {
    /// SmolLM2 135M and Moonshine tiny: answers soonest, and understands least.
    case small
    /// Qwen2.5-Coder 0.5B and Moonshine base: the default, for two cores.
    case standard
    /// Qwen2.5-Coder 1.5B and Moonshine base: for four cores and more.
    case large

    /// The language model's file in the store.
    var languageModel: String {
        switch self {
        case .small: "llm/smollm2-135m-instruct-q4_1.gguf"
        case .standard: "llm/qwen2.5-coder-0.5b-instruct-iq4_nl.gguf"
        case .large: "llm/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf"
        }
    }

    /// The recognizer's folder in the store, and its files there.
    var recognizer: (folder: String, files: [String]) {
        switch self {
        case .small: ("moonshine-tiny-en", ["encoder_model.ort", "decoder_model_merged.ort", "tokens.txt"])
        case .standard, .large:
            ("moonshine-base-en-q8", ["encoder_model.onnx", "decoder_model_merged.onnx", "tokens.txt"])
        }
    }
}
