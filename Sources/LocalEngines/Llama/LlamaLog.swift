#if LOCAL_ENGINES
import CLlama
import Synchronization

/// The last words of llama.cpp, which reports why a file was refused to its log only.
enum LlamaLog {
    private static let capacity = 8
    private static let lines = Mutex<[String]>([])

    /// Directs llama.cpp's log here, away from the standard error. Done once, before its first use.
    static let isCaptured: Bool = {
        llama_log_set(
            { level, text, _ in
                guard let text, level == GGML_LOG_LEVEL_ERROR || level == GGML_LOG_LEVEL_WARN else { return }
                let line = String(cString: text).split(whereSeparator: \.isNewline).joined(separator: " ")
                LlamaLog.lines.withLock { lines in
                    lines.append(line)
                    if lines.count > LlamaLog.capacity { lines.removeFirst() }
                }
            }, nil)
        llama_backend_init()
        return true
    }()

    /// What llama.cpp complained of since the last call.
    static func takeWords() -> String {
        lines.withLock { lines in
            defer { lines = [] }
            return lines.isEmpty ? "no reason given" : lines.joined(separator: "; ")
        }
    }
}
#endif
