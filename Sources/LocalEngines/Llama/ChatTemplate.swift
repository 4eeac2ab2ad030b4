#if LOCAL_ENGINES
import CLlama

/// The form of a chat that a model was trained on.
///
/// llama.cpp knows the published templates by their marks. Contents never go through it: it is given placeholders, and
/// what it writes around them is the scaffolding.
struct ChatTemplate {
    /// The template in the model's file; `nil` for ChatML, which most models understand.
    private let source: String?

    /// The template of a model.
    init(_ model: OpaquePointer) {
        let source = llama_model_chat_template(model, nil).map { String(cString: $0) }
        self.source = source.flatMap { source in
            let probe = Self.apply(source, to: [ChatScript.Turn(role: "user", pieces: [])])
            return probe == nil ? nil : source
        }
    }

    /// The text of `script`, ready for the model's answer.
    func pieces(of script: ChatScript) -> [ScriptPiece] {
        if let source, let pieces = Self.apply(source, to: script.turns) { return pieces }
        return Self.chatML(script.turns)
    }

    private static func chatML(_ turns: [ChatScript.Turn]) -> [ScriptPiece] {
        turns.flatMap { turn in
            [.scaffold("<|im_start|>\(turn.role)\n")] + turn.pieces + [.scaffold("<|im_end|>\n")]
        } + [.scaffold("<|im_start|>assistant\n")]
    }

    /// `nil` when llama.cpp doesn't know the template, or when it would lose or move a turn.
    private static func apply(_ source: String, to turns: [ChatScript.Turn]) -> [ScriptPiece]? {
        let strings = CStrings()
        func placeholder(_ index: Int) -> String { "@@turn-\(index)@@" }
        let messages = turns.enumerated().map { index, turn in
            llama_chat_message(role: strings(turn.role), content: strings(placeholder(index)))
        }
        var buffer = [CChar](repeating: 0, count: 1024 + 256 * turns.count)
        var length = llama_chat_apply_template(source, messages, messages.count, true, &buffer, Int32(buffer.count))
        if length > buffer.count {
            buffer = [CChar](repeating: 0, count: Int(length))
            length = llama_chat_apply_template(source, messages, messages.count, true, &buffer, Int32(buffer.count))
        }
        guard length > 0 else { return nil }
        let text = String(decoding: buffer.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self)

        var pieces: [ScriptPiece] = []
        var rest = Substring(text)
        for (index, turn) in turns.enumerated() {
            guard let place = rest.firstRange(of: placeholder(index)) else { return nil }
            pieces.append(.scaffold(String(rest[..<place.lowerBound])))
            pieces += turn.pieces
            rest = rest[place.upperBound...]
        }
        guard !rest.contains("@@turn-") else { return nil }
        return pieces + [.scaffold(String(rest))]
    }
}
#endif
