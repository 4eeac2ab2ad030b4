import ArgumentParser
import AudioDSP
import Foundation
import SessionCore

/// `vivavoce replay`
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run a recorded session again and compare every message.",
        discussion: """
            Needs no engines: what they made is in the recording.

              vivavoce serve --record recordings
              vivavoce replay recordings/sess_…
            """)

    @Argument(help: "A folder that `serve --record` wrote.") var folder: String

    func run() throws {
        let url = URL(filePath: folder, directoryHint: .isDirectory)
        guard let events = try? String(contentsOf: url.appending(path: "events.jsonl"), encoding: .utf8) else {
            throw Failure("\(folder) holds no events.jsonl. Give a session's folder, as `serve --record` writes it.")
        }
        let outcome = try SessionCore.Replay.run(
            events: events.split(separator: "\n", omittingEmptySubsequences: false),
            input: samples(url.appending(path: "input.wav")), output: samples(url.appending(path: "output.wav")))
        switch outcome {
        case .same(let messages): print("The same: all \(messages) messages, byte for byte.")
        case .differs(let line, let recorded, let now):
            print("Line \(line) of events.jsonl differs.\nrecorded: \(recorded)\nnow:      \(now)")
            throw ExitCode.failure
        }
    }

    private func samples(_ url: URL) throws -> [Int16] {
        guard let data = FileManager.default.contents(atPath: url.path) else {
            throw Failure("\(url.path) is missing.")
        }
        return try WAV([UInt8](data)).samples
    }
}
