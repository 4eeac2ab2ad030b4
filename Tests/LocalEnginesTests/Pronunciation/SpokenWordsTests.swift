import LocalEngines
import Testing

@Suite("Text in spoken words")
struct SpokenWordsTests {
    @Test("numbers", arguments: NumberReadings.cardinals + NumberReadings.ordinals + NumberReadings.fractions)
    func numbers(_ reading: Reading) { expect(reading) }

    @Test("dates and times", arguments: NumberReadings.years + NumberReadings.dates + NumberReadings.times)
    func datesAndTimes(_ reading: Reading) { expect(reading) }

    @Test("money and measures", arguments: NumberReadings.money + NumberReadings.measures)
    func moneyAndMeasures(_ reading: Reading) { expect(reading) }

    @Test("telephone numbers and versions", arguments: NumberReadings.telephones + NumberReadings.versions)
    func codes(_ reading: Reading) { expect(reading) }

    @Test(
        "abbreviations, initials and Roman numerals",
        arguments: WordReadings.abbreviations + WordReadings.initials + WordReadings.romans)
    func shortForms(_ reading: Reading) { expect(reading) }

    @Test("addresses and signs", arguments: WordReadings.addresses + WordReadings.signs)
    func addressesAndSigns(_ reading: Reading) { expect(reading) }

    @Test("markup and writing habits", arguments: WordReadings.markup + WordReadings.writing)
    func writing(_ reading: Reading) { expect(reading) }

    private func expect(_ reading: Reading) {
        #expect(EnglishPronunciation.spokenWords(reading.text) == reading.spoken)
    }
}
