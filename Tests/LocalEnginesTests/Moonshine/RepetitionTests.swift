import Testing

@testable import LocalEngines

@Suite("What a recognizer repeats") struct RepetitionTests {
    @Test(
        "is dropped when the audio can't hold it",
        arguments: [
            (
                "A thin stripe runs down the middle. A thin stripe runs down the middle.", 2.4,
                "A thin stripe runs down the middle."
            ),
            ("go go go go go go go go go go", 1.0, "go"),
            ("I see the I see the I see the I see the I see the end", 1.5, "I see the end"),
            ("  Hello   there. \n", 1.0, "Hello there."),
            ("", 1.0, ""),
        ])
    func dropped(text: String, seconds: Double, expected: String) {
        #expect(RepetitionGuard.clean(text, seconds: seconds) == expected)
    }

    @Test(
        "stays when a person may have said it",
        arguments: [
            ("What time is it? What time is it?", 3.0), ("No, no, no, no!", 1.5), ("Thank you. Thank you.", 0.8),
        ])
    func kept(text: String, seconds: Double) { #expect(RepetitionGuard.clean(text, seconds: seconds) == text) }

    @Test("Long audio is cut where it is quiet, and all of it is covered")
    func cuts() throws {
        var samples = (0..<500_000).map { Float(($0 * 7919) % 200) / 1000 }
        for index in 250_000..<256_000 { samples[index] = 0 }
        let pieces = UtteranceCut.pieces(of: samples, longest: 320_000)
        #expect(pieces.count == 2)
        #expect((250_000...256_000).contains(try #require(pieces.first).upperBound))
        #expect(pieces.map(\.count).reduce(0, +) == samples.count)
        #expect(UtteranceCut.pieces(of: [], longest: 320_000) == [0..<0])
    }
}
