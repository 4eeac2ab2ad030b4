import Foundation

/// The end of a file, where ONNX models keep their metadata.
enum FileTail {
    /// The last `bytes` bytes of the file at `path`, or all of a shorter one; nothing of one that can't be read.
    static func read(_ path: String, bytes: UInt64) -> Data {
        guard let file = FileHandle(forReadingAtPath: path) else { return Data() }
        defer { try? file.close() }
        guard let size = try? file.seekToEnd() else { return Data() }
        try? file.seek(toOffset: size > bytes ? size - bytes : 0)
        return (try? file.readToEnd()) ?? Data()
    }
}
