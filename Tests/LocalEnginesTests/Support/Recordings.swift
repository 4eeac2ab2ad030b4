#if LOCAL_ENGINES
import AudioDSP
import Foundation
import LocalEngines
import Testing

/// A recording of a person, and what they said according to whoever published it, never to a model of ours.
struct Recording: CustomStringConvertible {
    let file: String
    let words: String
    var description: String { (file as NSString).lastPathComponent }

    /// The folder that `make setup` fills for tests.
    static let folder = (ModelStore().root as NSString).deletingLastPathComponent + "/test-data"

    /// LibriVox and read playing cards, from pocketsphinx's own tests with their transcripts.
    static func pocketsphinx() throws -> [Recording] {
        try transcripts("pocketsphinx/librivox/transcription", in: "pocketsphinx/librivox")
            + transcripts("pocketsphinx/cards/cards.transcription", in: "pocketsphinx/cards")
    }

    /// Worstward Ho and A Tale of Two Cities, from Moonshine's package; the words are the books'.
    static let beckett = Recording(
        file: "moonshine/beckett.wav",
        words: "Ever tried ever failed. No matter. Try again. Fail again. Fail better.")
    static let twoCities = Recording(
        file: "moonshine/two_cities.wav",
        words: """
            It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of \
            foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it \
            was the season of Darkness, it was the spring of hope, it was the winter of despair, we had everything \
            before us, we had nothing before us, we were all going direct to Heaven, we were all going direct the \
            other way - in short, the period was so far like the present period, that some of its noisiest \
            authorities insisted on its being received, for good or for evil, in the superlative degree of comparison only.
            """)

    /// 16 kHz mono.
    func samples() throws -> [Float] {
        let path = "\(Self.folder)/\(file)"
        let data = try #require(
            FileManager.default.contents(atPath: path), "\(path) is missing: run make setup, then make test")
        let recording = try WAV(data)
        return try Resampler.convert(recording.samples.map { Float($0) / 32768 }, from: recording.rate, to: 16000)
    }

    private static func transcripts(_ list: String, in room: String) throws -> [Recording] {
        let path = "\(folder)/\(list)"
        let text = try #require(
            try? String(contentsOfFile: path, encoding: .utf8), "\(path) is missing: run make setup, then make test")
        return text.split(separator: "\n").compactMap { line in
            guard let open = line.lastIndex(of: "("), let close = line.lastIndex(of: ")") else { return nil }
            let name = line[line.index(after: open)..<close]
            let words = line[..<open].replacingOccurrences(of: "<s>", with: "").replacingOccurrences(
                of: "</s>", with: "")
            return Recording(file: "\(room)/\(name).wav", words: words)
        }
    }
}

/// Errors in what was understood, counted in words.
struct WordErrors {
    var errors = 0
    var words = 0

    /// Errors by words, 0…; the usual word error rate.
    var rate: Double { Double(errors) / Double(max(1, words)) }

    /// Counts the errors of `heard` against `said`; both as they sound, so that 5 and five are the same.
    mutating func count(_ heard: String, against said: String) {
        let heard = Self.sounds(heard)
        let said = Self.sounds(said)
        var row = Array(0...heard.count)
        for (index, word) in said.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in heard.indices {
                let substitution = diagonal + (heard[column] == word ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substitution, row[column] + 1, diagonal + 1)
            }
        }
        errors += row[heard.count]
        words += said.count
    }

    private static func sounds(_ text: String) -> [String] {
        EnglishPronunciation.spokenWords(text).lowercased()
            .split { !($0.isLetter || $0.isNumber || $0 == "'") }.map(String.init)
    }
}
#endif
