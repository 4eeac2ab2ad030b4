import AudioDSP
import Foundation

/// The recordings that set-up fetches, cut into utterances by the labels of `utterances.json`.
public enum Recordings {
    /// A cut and its label. Positions are samples of the file.
    struct Label: Codable, Equatable {
        var name: String
        var file: String
        var rate: Int
        /// The cut.
        var start: Int
        var end: Int
        /// The first and the last sample of speech.
        var speechStart: Int
        var speechEnd: Int

        enum CodingKeys: String, CodingKey {
            case name, file, rate, start, end
            case speechStart = "speech_start"
            case speechEnd = "speech_end"
        }
    }

    /// The utterances, in the order in which they are said.
    ///
    /// - Parameter folder: where the recordings are.
    /// - Throws: ``BenchError`` that names what is missing.
    public static func utterances(in folder: String = defaultFolder) throws -> [Utterance] {
        try labels().map { label in
            let path = folder + "/" + label.file
            guard let data = FileManager.default.contents(atPath: path) else {
                throw BenchError(
                    "The recording \(path) is missing. `make test` fetches the recordings; or give WAV files of your own"
                        + " with --speech.")
            }
            let whole =
                path.hasSuffix(".raw")
                ? WAV(samples: PCM16.decode([UInt8](data)), rate: label.rate) : try WAV([UInt8](data))
            guard whole.rate == label.rate, whole.samples.count >= label.end else {
                throw BenchError("\(path) is not the recording that was labelled. Delete it and run `make test`.")
            }
            return try Utterance(
                name: label.name, WAV(samples: Array(whole.samples[label.start..<label.end]), rate: whole.rate),
                speech: label.speechStart - label.start..<label.speechEnd + 1 - label.start)
        }
    }

    static func labels() throws -> [Label] {
        try JSONDecoder().decode([Label].self, from: Data(PackageResources.utterances_json))
    }

    /// Where set-up puts them.
    public static var defaultFolder: String {
        let cache = ProcessInfo.processInfo.environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        return (cache ?? NSHomeDirectory() + "/.cache") + "/vivavoce/test-data"
    }
}

/// Why there is no result, in words for the person at the terminal.
public struct BenchError: Error, CustomStringConvertible {
    /// The words.
    public let description: String

    /// An error that says this.
    public init(_ description: String) { self.description = description }
}
