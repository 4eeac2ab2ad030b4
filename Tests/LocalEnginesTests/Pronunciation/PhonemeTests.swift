import LocalEngines
import Testing

@Suite("Text in phonemes")
struct PhonemeTests {
    @Test("dictionary words", arguments: PhonemeReadings.words)
    func dictionaryWords(_ reading: Reading) throws { try expect(reading) }

    @Test("derived words", arguments: PhonemeReadings.derived)
    func derivedWords(_ reading: Reading) throws { try expect(reading) }

    @Test("unknown words", arguments: PhonemeReadings.invented)
    func unknownWords(_ reading: Reading) throws { try expect(reading) }

    @Test("words in context", arguments: PhonemeReadings.sentences)
    func wordsInContext(_ reading: Reading) throws { try expect(reading) }

    private func expect(_ reading: Reading) throws {
        #expect(try PronunciationDictionaries.pronunciation().phonemes(reading.text) == reading.spoken)
    }
}
