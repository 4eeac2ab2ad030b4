#if LOCAL_ENGINES
import CLlama
import Foundation
import SpeechEngines

/// A language model's weights and vocabulary; they live on one thread.
final class LlamaWeights {
    let model: OpaquePointer
    let vocabulary: OpaquePointer
    /// Whether it has too few parameters to tell one function from another: SmolLM2 135M has, Qwen2.5 0.5B has not.
    let isTiny: Bool
    /// Tokens in the vocabulary.
    let count: Int
    /// Tokens that end an answer.
    let endTokens: [llama_token]
    /// Tokens without a visible character: no answer begins with them.
    let blankTokens: [llama_token]
    /// Tokens that calls are made of and speech is not.
    let callTokens: [llama_token]
    /// Tokens that structure a prompt and are not text; no answer contains them.
    let controlTokens: [llama_token]
    /// Texts that the tokenizer turns into single tokens even where special tokens aren't asked for.
    private let markers: [String]

    /// Loads the GGUF file at `path`.
    init(path: String) throws {
        _ = LlamaLog.isCaptured
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw EngineError(.modelMissing, "There is no language model at \(path).")
        }
        _ = LlamaLog.takeWords()
        guard let model = llama_model_load_from_file(path, llama_model_default_params()),
            let vocabulary = llama_model_get_vocab(model)
        else {
            throw EngineError(.modelRefused, "llama.cpp refused \(path): \(LlamaLog.takeWords())")
        }
        self.model = model
        self.vocabulary = vocabulary
        isTiny = llama_model_n_params(model) < 300_000_000
        count = Int(llama_vocab_n_tokens(vocabulary))

        var ends: [llama_token] = []
        var blanks: [llama_token] = []
        var controls: [llama_token] = []
        var calls: [llama_token] = []
        var markers: [String] = []
        for token in 0..<llama_token(count) {
            let attributes = llama_vocab_get_attr(vocabulary, token).rawValue
            let text = llama_vocab_get_text(vocabulary, token).map { String(cString: $0) } ?? ""
            if attributes & LLAMA_TOKEN_ATTR_USER_DEFINED.rawValue != 0, text.count > 2,
                let first = text.first, let last = text.last, "<[".contains(first), ">]".contains(last)
            {
                markers.append(text)
            }
            if llama_vocab_is_eog(vocabulary, token) {
                ends.append(token)
            } else if llama_vocab_is_control(vocabulary, token) && !Self.callTags.contains(text) {
                controls.append(token)
            } else {
                let bytes = Self.bytes(of: token, in: vocabulary)
                if bytes.allSatisfy({ $0 <= 0x20 }) { blanks.append(token) }
                if bytes.contains(where: "{}[]<>`".utf8.contains) { calls.append(token) }
            }
        }
        (endTokens, blankTokens, controlTokens, callTokens, self.markers) = (ends, blanks, controls, calls, markers)
    }

    deinit { llama_model_free(model) }

    /// Some vocabularies have tokens for these; they are part of an answer.
    private static let callTags = ["<tool_call>", "</tool_call>"]

    /// The tokens of a prompt: scaffolding with its control tokens, contents as nothing but text.
    func tokens(of pieces: [ScriptPiece]) -> [llama_token] {
        var tokens: [llama_token] = []
        for piece in pieces {
            switch piece {
            case .scaffold(let text): tokens += tokenize(text, special: true)
            case .content(let text): tokens += contentTokens(of: text)
            }
        }
        let start = llama_vocab_bos(vocabulary)
        if llama_vocab_get_add_bos(vocabulary), start >= 0, tokens.first != start { tokens.insert(start, at: 0) }
        return tokens
    }

    /// `text` without any token that it merely spells.
    func contentTokens(of text: String) -> [llama_token] {
        var tokens: [llama_token] = []
        var rest = Substring(text)
        // Markers such as <tool_call> are tokens of their own even as plain text: they are torn.
        while let marker = markers.compactMap({ rest.firstRange(of: $0) }).min(by: { $0.lowerBound < $1.lowerBound }) {
            let tear = rest.index(after: marker.lowerBound)
            tokens += tokenize(String(rest[..<tear]), special: false)
            rest = rest[tear...]
        }
        return tokens + tokenize(String(rest), special: false)
    }

    private func tokenize(_ text: String, special: Bool) -> [llama_token] {
        guard !text.isEmpty else { return [] }
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                var tokens = [llama_token](repeating: 0, count: bytes.count + 8)
                let length = Int32(clamping: bytes.count)
                var made = llama_tokenize(
                    vocabulary, bytes.baseAddress, length, &tokens, Int32(clamping: tokens.count), false, special)
                if made < 0, made != .min {
                    tokens = [llama_token](repeating: 0, count: Int(-made))
                    made = llama_tokenize(
                        vocabulary, bytes.baseAddress, length, &tokens, Int32(clamping: tokens.count), false, special)
                }
                return Array(tokens.prefix(Int(max(0, made))))
            }
        }
    }

    /// What a token of an answer adds to it. Control tokens add nothing, but tags around calls do.
    func bytes(of token: llama_token) -> [UInt8] { Self.bytes(of: token, in: vocabulary) }

    private static func bytes(of token: llama_token, in vocabulary: OpaquePointer) -> [UInt8] {
        let text = llama_vocab_get_text(vocabulary, token).map { String(cString: $0) } ?? ""
        if callTags.contains(text) { return Array(text.utf8) }
        var buffer = [CChar](repeating: 0, count: 64)
        var length = llama_token_to_piece(vocabulary, token, &buffer, Int32(buffer.count), 0, false)
        if length < 0 {
            buffer = [CChar](repeating: 0, count: Int(-length))
            length = llama_token_to_piece(vocabulary, token, &buffer, Int32(buffer.count), 0, false)
        }
        return buffer.prefix(Int(max(0, length))).map { UInt8(bitPattern: $0) }
    }
}
#endif
