import Foundation
import Logging
import RealtimeProtocol
import Synchronization
import Testing

@testable import RealtimeServer

@Suite struct JSONLogTests {
    private final class Kept: Sendable {
        let text = Mutex("")
    }

    private static func logger(_ kept: Kept) -> Logger {
        Logger(label: "vivavoce") { label in JSONLogHandler(label: label) { line in kept.text.withLock { $0 += line } }
        }
    }

    @Test(
        "any text is one line, and is read back as it was",
        arguments: [
            "plain", "two\nlines\r", "\"quoted\" \\ back", "\u{0}\u{1}\u{1F}\u{7F}", "\u{2028}\u{2029}", "😀é",
            "{\"a\":1}",
        ])
    func lines(text: String) throws {
        let kept = Kept()
        var logger = Self.logger(kept)
        logger[metadataKey: "session"] = "sess_1"
        logger.info("\(text)", metadata: ["what": "\(text)", "nested": ["a": ["x", "\(text)"]], "level": "mine"])
        let written = kept.text.withLock { $0 }
        #expect(written.hasSuffix("\n") && written.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        let line = try JSONValue(parsing: Array(written.utf8.dropLast()))
        #expect(line["message"]?.string == text && line["what"]?.string == text)
        #expect(line["nested"]?["a"]?.array?.last?.string == text)
        #expect(line["level"] == "info" && line["meta.level"] == "mine" && line["session"] == "sess_1")
        let time = try #require(line["time"]?.string)
        #expect(time.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}/) != nil, "\(time)")
    }
}
