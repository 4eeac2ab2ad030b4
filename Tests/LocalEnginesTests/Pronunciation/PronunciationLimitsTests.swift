import Foundation
import LocalEngines
import Testing

@Suite("Pronunciation at its limits")
struct PronunciationLimitsTests {
    @Test func everySymbolOfOursIsTheVoices() throws {
        let pronunciation = try PronunciationDictionaries.pronunciation()
        let readings =
            NumberReadings.cardinals + NumberReadings.dates + NumberReadings.money + NumberReadings.measures
            + WordReadings.addresses + WordReadings.abbreviations + WordReadings.writing + PhonemeReadings.invented
        for reading in readings {
            let unknown = Set(pronunciation.phonemes(reading.text).unicodeScalars).subtracting(PiperSymbols.joe)
            #expect(unknown.isEmpty, "\(reading.text)")
        }
    }

    /// The seed of a failing round is in its message. Widen the range to look for more.
    @Test(arguments: [20_261_122, 401_392_577] + (1..<4))
    func randomTextIsSane(seed: UInt64) throws {
        let pronunciation = try PronunciationDictionaries.pronunciation()
        var random = RandomText(seed: seed)
        for round in 0..<300 {
            let text = random.text()
            let spoken = EnglishPronunciation.spokenWords(text)
            let phonemes = pronunciation.phonemes(text)
            let context = Comment(rawValue: "seed \(seed), round \(round), text \(text.debugDescription)")
            #expect(!spoken.unicodeScalars.contains { $0.properties.numericType != nil }, context)
            #expect(spoken.unicodeScalars.allSatisfy(Self.isSpeakable), context)
            #expect(Set(phonemes.unicodeScalars).isSubset(of: PiperSymbols.joe), context)
            if text.unicodeScalars.contains(where: { Self.isReadable($0) }) {
                #expect(!spoken.isEmpty && phonemes.unicodeScalars.contains { $0.properties.isAlphabetic }, context)
            }
        }
    }

    private static func isSpeakable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || " '-.,!?;:".unicodeScalars.contains(scalar))
    }

    private static func isReadable(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
    }

    static let odd: [OddText] = [
        OddText("a text of NUL bytes", String(repeating: "\u{0}", count: 10_000)),
        OddText("emoji alone", String(repeating: "👩‍👩‍👧‍👦🎉", count: 5_000)),
        OddText("punctuation alone", String(repeating: "?!.,;:", count: 5_000)),
        OddText("replacement characters", String(decoding: [0xED, 0xA0, 0x80, 0xFF, 0xFE, 0xC0], as: UTF8.self)),
        OddText("another script", String(repeating: "你好", count: 5_000)),
    ]

    @Test("nothing to say", arguments: odd)
    func nothingToSay(_ odd: OddText) throws {
        #expect(EnglishPronunciation.spokenWords(odd.text) == "")
        #expect(try PronunciationDictionaries.pronunciation().phonemes(odd.text) == "")
    }

    static let long: [OddText] = [
        OddText("one word of 100,000 letters", String(repeating: "abcdefghij", count: 10_000)),
        OddText("one number of 20,000 digits", String(repeating: "1", count: 20_000)),
        OddText("a chain of hyphens", String(repeating: "ab-", count: 3_000)),
        OddText("a chain of slashes", String(repeating: "1/", count: 3_000)),
        OddText("a chain of @ signs", String(repeating: "a@", count: 3_000)),
        OddText("a chain of periods", String(repeating: "a.", count: 3_000)),
        OddText("open brackets", String(repeating: "[<&", count: 1_000)),
        OddText("grouping commas", "1" + String(repeating: ",111", count: 3_000)),
        OddText("humps", String(repeating: "Ab", count: 3_000)),
        OddText("10,000 words", String(repeating: "It cost $3.50 on Nov. 22, and they weren't happy. ", count: 1_000)),
    ]

    /// Linear time shows in a debug build too; were it quadratic, these would take minutes.
    @Test("long text", .timeLimit(.minutes(1)), arguments: long)
    func longText(_ odd: OddText) throws {
        #expect(!EnglishPronunciation.spokenWords(odd.text).isEmpty)
        #expect(try !PronunciationDictionaries.pronunciation().phonemes(odd.text).isEmpty)
    }

    @Test func missingDictionaryNamesTheFileAndTheRemedy() throws {
        let error = #expect(throws: PronunciationError.self) {
            try EnglishPronunciation(goldDictionary: "nowhere/us_gold.json", silverDictionary: "nowhere/us_silver.json")
        }
        #expect(error?.code == .unreadableDictionary)
        #expect(
            error?.description.hasPrefix("The pronunciation dictionary nowhere/us_") == true
                && error?.description.hasSuffix("cannot be read. Run `make setup` to fetch it.") == true)
    }

    @Test func malformedDictionaryNamesTheFile() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "pronunciation-\(UUID().uuidString).json")
        try Data("[1, 2".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let error = #expect(throws: PronunciationError.self) {
            try EnglishPronunciation(goldDictionary: file.path, silverDictionary: file.path)
        }
        #expect(error?.code == .malformedDictionary)
        #expect(
            error?.description
                == "The pronunciation dictionary \(file.path) is not a dictionary of phonemes. Run `make setup` to fetch it."
        )
    }
}

/// A text too long to print, by its name.
struct OddText: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String

    init(_ name: String, _ text: String) {
        testDescription = name
        self.text = text
    }
}

/// Text of any scalars, with a bias towards what the rules look for.
struct RandomText {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    private static let pieces = [
        "1", "23", "2026", "0", "1,000", "3.14", "$", "€", "%", "°", "-", "/", ":", ".", ",", "'", "\"", "(", ")", "[",
        "](", "<", ">", "#", "@",
        "*", "_", "~", "^", "+", "=", "&", "\n", " ", " ", " ", "km", "am", "p.m.", "St", "Dr", "Nov", "May", "II",
        "IV", "x", "v", "A", "I",
        "FBI", "HELLO", "http", "://", "www", ".com", "it's", "n't", "read", "the", "th", "st", "s", "é", "ß", "½", "²",
        "…", "—", "①", "Ⅳ", "٣", "𝟗",
        "```", "| a |", "---", "Henry", "war", "zq", "e", "h",
    ]

    mutating func text() -> String {
        var text = ""
        for _ in 0..<(1 + next(14)) {
            switch next(6) {
            case 0: text.unicodeScalars.append(Unicode.Scalar(UInt32(next(0x11_0000))) ?? "\u{FFFD}")
            case 1: text.unicodeScalars.append(Unicode.Scalar(UInt8(next(256))))
            default: text += Self.pieces[next(Self.pieces.count)]
            }
        }
        return text
    }
}
