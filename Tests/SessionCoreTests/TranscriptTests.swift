import CustomDump
import Foundation
import RealtimeTesting
import Testing

/// The golden transcripts: one conversation each, in both dialects. `UPDATE_GOLDEN=1 make test` writes them anew.
@Suite struct TranscriptTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Transcripts")
    static let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path))?.sorted() ?? []

    @Test("each scenario goes as written", arguments: files)
    func goesAsWritten(file: String) throws {
        let url = Self.folder.appending(path: file)
        let golden = try String(contentsOf: url, encoding: .utf8)
        let now = try Transcript.replay(golden)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            try now.write(to: url, atomically: true, encoding: .utf8)
        } else {
            expectNoDifference(golden.split(separator: "\n"), now.split(separator: "\n"))
        }
    }

    @Test("there is a transcript for each scenario in each dialect")
    func bothDialects() {
        let scenarios = Set(Self.files.map { $0.split(separator: ".").first ?? "" })
        for scenario in scenarios {
            #expect(Self.files.contains("\(scenario).ga.txt"))
            #expect(Self.files.contains("\(scenario).preview.txt"))
        }
        #expect(scenarios.count >= 10)
    }
}
