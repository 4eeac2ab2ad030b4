import Foundation
import SpeechEngines

/// A Piper voice as sherpa-onnx wants it: a model with its metadata inside, and a list of phonemes.
public struct PiperFiles: Equatable, Sendable {
    /// The path of the ONNX model.
    public var model: String
    /// The path of the list: a phoneme and its number a line.
    public var tokens: String
    /// espeak-ng's name for the language, or `nil` for English, which has a pronunciation of our own.
    public var language: String?

    /// A voice whose files are ready.
    public init(model: String, tokens: String) {
        self.model = model
        self.tokens = tokens
    }

    /// A voice given by the path of its `.onnx`, as Piper publishes it (`voice.onnx` and `voice.onnx.json`) or as
    /// sherpa-onnx does (`tokens.txt` beside the model).
    ///
    /// - Parameters:
    ///   - path: of the model, or of the folder that holds it.
    ///   - cache: a folder for the converted copy of a voice that has no metadata inside.
    /// - Throws: ``EngineError`` when something is missing.
    public init(path: String, cache: String) throws {
        let model = try Self.model(at: path)
        let folder = (model as NSString).deletingLastPathComponent
        let configuration = try PiperConfiguration(path: model + ".json")
        let hasMetadata = FileTail.read(model, bytes: 1 << 16).firstRange(of: Data("n_speakers".utf8)) != nil
        let tokens = folder + "/tokens.txt"
        if hasMetadata, FileManager.default.fileExists(atPath: tokens) {
            self.init(model: model, tokens: tokens)
        } else if let configuration {
            try self.init(converting: model, configuration, into: cache, hasMetadata: hasMetadata)
        } else {
            throw EngineError(
                .modelMissing,
                "\(model) has neither \((model as NSString).lastPathComponent).json nor tokens.txt beside it.")
        }
        if let configuration, configuration.family != "en" { language = configuration.espeakVoice }
    }

    private static func model(at path: String) throws -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw EngineError(.modelMissing, "There is no voice at \(path).")
        }
        guard isFolder.boolValue else { return path }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? []
        guard let name = names.first(where: { $0.hasSuffix(".onnx") }) else {
            throw EngineError(.modelMissing, "The folder \(path) holds no voice (a file that ends in .onnx).")
        }
        return "\(path)/\(name)"
    }

    /// Writes a copy with metadata and the list of phonemes, once for each state of the file.
    private init(
        converting model: String, _ configuration: PiperConfiguration, into cache: String, hasMetadata: Bool
    ) throws {
        let files = FileManager.default
        do {
            let attributes = try files.attributesOfItem(atPath: model)
            let size = (attributes[.size] as? Int) ?? 0
            let changed = Int(((attributes[.modificationDate] as? Date) ?? .distantPast).timeIntervalSince1970)
            let name = ((model as NSString).lastPathComponent as NSString).deletingPathExtension
            let folder = "\(cache)/\(name)-\(size)-\(changed)"
            self.init(model: folder + "/model.onnx", tokens: folder + "/tokens.txt")
            guard !files.fileExists(atPath: tokens) else { return }
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try? files.removeItem(atPath: self.model)
            try files.copyItem(atPath: model, toPath: self.model)
            if !hasMetadata, let copy = FileHandle(forWritingAtPath: self.model) {
                defer { try? copy.close() }
                try copy.seekToEnd()
                try copy.write(contentsOf: OnnxMetadata.encode(configuration.metadata))
            }
            try Data(configuration.tokens.utf8).write(to: URL(fileURLWithPath: tokens), options: .atomic)
        } catch let error as EngineError {
            throw error
        } catch {
            throw EngineError(.failed, "\(model) could not be converted into \(cache): \(error.localizedDescription)")
        }
    }

    /// The code points that the voice can say.
    func phonemes() throws -> Set<Int32> {
        guard let text = try? String(contentsOfFile: tokens, encoding: .utf8) else {
            throw EngineError(.modelMissing, "\(tokens) is missing or isn't UTF-8 text.")
        }
        // The line of the space is "  3": the phoneme is whatever stands before the last space.
        let symbols = text.split(separator: "\n").compactMap { line -> Int32? in
            guard let space = line.lastIndex(of: " ") else { return nil }
            let symbol = line[..<space].unicodeScalars
            return symbol.count == 1 ? symbol.first.map { Int32($0.value) } : nil
        }
        return Set(symbols)
    }
}
