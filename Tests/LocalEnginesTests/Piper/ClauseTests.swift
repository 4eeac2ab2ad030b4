import Testing

@testable import LocalEngines

@Suite("Clauses") struct ClauseTests {
    @Test("are cut after punctuation, else at spaces, else anywhere")
    func split() {
        #expect(
            ClauseSplit.pieces(of: "One two three, four five six.", longest: 16) == [
                "One two three,", " four five six.",
            ])
        #expect(ClauseSplit.pieces(of: "one two three four", longest: 10) == ["one two", " three", " four"])
        #expect(ClauseSplit.pieces(of: "abcdefghij", longest: 4) == ["abcd", "efgh", "ij"])
        #expect(ClauseSplit.pieces(of: "", longest: 4) == [])
        #expect(ClauseSplit.pieces(of: "  \n ", longest: 2) == [])
    }

    @Test("lose no word")
    func complete() {
        let text = (0..<3000).map { "word\($0)" }.joined(separator: " ")
        let pieces = ClauseSplit.pieces(of: text)
        #expect(pieces.joined() == text)
        #expect(pieces.allSatisfy { $0.count <= ClauseSplit.longest })
    }

    @Test("keep their sound and lose the silence around it")
    func pauses() {
        let samples =
            [Float](repeating: 0.001, count: 2205) + [Float](repeating: 0.5, count: 22050)
            + [Float](repeating: 0, count: 44100)
        let sentence = Pauses.trimmed(samples, rate: 22050, after: "Hello.", speed: 1)
        #expect(abs(Double(sentence.count) / 22050 - 1.26) < 0.02)
        let clause = Pauses.trimmed(samples, rate: 22050, after: "hello,", speed: 1)
        #expect(clause.count < sentence.count)
        #expect(Pauses.trimmed([0, 0, 0], rate: 22050, after: ".", speed: 1) == [])
    }
}
