import AudioDSP
import Foundation
public import Logging
public import SessionCore

/// Where recordings go: one folder for each session, which nobody else on the machine may read.
public struct RecordingFolder: Sendable {
    private let url: URL

    /// Recordings in the folder at `path`, which is made if it is missing.
    ///
    /// - Throws: ``ServerError`` if the folder cannot be made or written to.
    public init(path: String) throws {
        url = URL(filePath: path, directoryHint: .isDirectory)
        do {
            try Self.make(url)
        } catch {
            throw ServerError(
                .invalidConfiguration, "Recordings cannot be kept in \(path): \(error.localizedDescription)",
                cause: error)
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw ServerError(.invalidConfiguration, "Recordings cannot be kept in \(path): it is not writable.")
        }
    }

    /// Where the session named `id` is written down. If that fails, the log says so and the session goes on.
    public func sink(for id: String, logger: Logger) -> RecordingFiles {
        RecordingFiles(folder: url.appending(path: id, directoryHint: .isDirectory), logger: logger)
    }

    fileprivate static func make(_ url: URL) throws {
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}

/// The files of one recording. Their WAV headers leave the length open, so that a cut recording can be read too.
public final class RecordingFiles: RecordingSink {
    private var events: FileHandle?
    private var input: FileHandle?
    private var output: FileHandle?
    private let logger: Logger

    fileprivate init(folder: URL, logger: Logger) {
        self.logger = logger
        attempt {
            try RecordingFolder.make(folder)
            events = try Self.create(folder.appending(path: "events.jsonl"))
            input = try Self.create(folder.appending(path: "input.wav"))
            output = try Self.create(folder.appending(path: "output.wav"))
            let header = Data(WAV.header(rate: AudioLog.ticksPerSecond))
            try input?.write(contentsOf: header)
            try output?.write(contentsOf: header)
        }
    }

    /// Appends to `events.jsonl`.
    public func append(line: [UInt8]) { attempt { try events?.write(contentsOf: line) } }

    /// Appends to `input.wav` or `output.wav`.
    public func append(_ samples: [Int16], to track: AudioSpan.Track) {
        attempt { try (track == .said ? output : input)?.write(contentsOf: PCM16.encode(samples)) }
    }

    private static func create(_ url: URL) throws -> FileHandle {
        _ = FileManager.default.createFile(atPath: url.path, contents: nil, attributes: [.posixPermissions: 0o600])
        return try FileHandle(forWritingTo: url)
    }

    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            logger.error("The recording stops here", metadata: ["error": "\(error)"])
            (events, input, output) = (nil, nil, nil)
        }
    }
}
