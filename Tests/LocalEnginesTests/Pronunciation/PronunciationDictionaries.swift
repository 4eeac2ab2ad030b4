import Foundation
import LocalEngines
import Testing

/// The dictionaries `make setup` fetches. Tests which need them fail without them, and say what to do.
enum PronunciationDictionaries {
    static var folder: URL {
        let environment = ProcessInfo.processInfo.environment
        let cache = environment["XDG_CACHE_HOME"].map { URL(fileURLWithPath: $0) }
        return (cache ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".cache"))
            .appendingPathComponent("vivavoce/models/g2p")
    }

    /// Loaded once for all tests: it takes a third of a second.
    private static let loaded = Result {
        try EnglishPronunciation(
            goldDictionary: folder.appendingPathComponent("us_gold.json").path,
            silverDictionary: folder.appendingPathComponent("us_silver.json").path)
    }

    static func pronunciation() throws -> EnglishPronunciation {
        do {
            return try loaded.get()
        } catch {
            Issue.record("run make setup: \(error)")
            throw error
        }
    }
}
