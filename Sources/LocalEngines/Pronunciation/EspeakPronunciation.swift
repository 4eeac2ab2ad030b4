import Foundation
import SpeechEngines

/// The pronunciation of languages other than English, by the program `espeak-ng` where it is installed.
///
/// A process of its own, never a library: espeak-ng is under the GPL.
struct EspeakPronunciation: Pronunciation {
    private let executable: String
    private let language: String

    /// A pronunciation of `language`, by espeak-ng's name for it.
    ///
    /// - Throws: ``EngineError`` when the program isn't installed.
    init(
        language: String, path: String = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    ) throws {
        let places = path.split(separator: ":").map { "\($0)/espeak-ng" }
        guard let found = places.first(where: FileManager.default.isExecutableFile(atPath:)) else {
            throw EngineError(
                .modelMissing,
                "A voice for '\(language)' needs espeak-ng for its pronunciation. Install it: apt-get install espeak-ng"
            )
        }
        executable = found
        self.language = language
    }

    func phonemes(_ text: String) throws -> String {
        let child = Process()
        child.executableURL = URL(fileURLWithPath: executable)
        child.arguments = ["-q", "--ipa", "-v", language, "--stdin"]
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        (child.standardInput, child.standardOutput, child.standardError) = (input, output, errors)
        do {
            try child.run()
            // A clause is far shorter than a pipe holds, so neither side can wait for the other.
            try input.fileHandleForWriting.write(contentsOf: Data(text.prefix(4096).utf8))
            try input.fileHandleForWriting.close()
        } catch {
            throw EngineError(.failed, "espeak-ng could not be asked: \(error.localizedDescription)")
        }
        let ipa = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        guard child.terminationStatus == 0 else {
            let words = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            throw EngineError(.failed, "espeak-ng does not pronounce '\(language)': \(words.prefix(200))")
        }
        let mark = text.last { !$0.isWhitespace }.flatMap { ".,!?;:".contains($0) ? String($0) : nil } ?? ""
        return Self.clean(ipa) + mark
    }

    /// One line, without the marks of a change of language: `(en)`.
    private static func clean(_ ipa: String) -> String {
        ipa.split(whereSeparator: \.isNewline).joined(separator: ", ").replacing(/\([a-z-]*\)/, with: "")
            .trimmingCharacters(in: .whitespaces)
    }
}
