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
        let sentence = trimmed(samples, after: "Hello.")
        #expect(abs(Double(sentence.count) / 22050 - 1.26) < 0.02)
        let clause = trimmed(samples, after: "hello,")
        #expect(clause.count < sentence.count)
        #expect(trimmed([0, 0, 0], after: ".") == [])
        #expect(trimmed([0.5, 0.5, 0.5], after: ".").prefix(3) == [0.5, 0.5, 0.5])
    }

    @Test("lose the same silence in whatever portions they are made", arguments: [1, 7, 110, 111, 1000, 30000])
    func portions(size: Int) {
        let noise = (0..<22050).map { Float($0 % 3000 < 1500 ? $0 % 7 - 3 : 0) / 10 }
        let samples = [Float](repeating: 0.001, count: 3333) + noise + [Float](repeating: 0.002, count: 9999)
        #expect(trimmed(samples, after: "Hello.", size: size) == trimmed(samples, after: "Hello."))
    }

    private func trimmed(_ samples: [Float], after text: String, size: Int = .max) -> [Float] {
        var pauses = Pauses(rate: 22050, after: text, speed: 1)
        let size = min(size, samples.count)
        let heard = stride(from: 0, to: samples.count, by: size).flatMap {
            pauses.take(Array(samples[$0..<min($0 + size, samples.count)]))
        }
        return heard + pauses.finish()
    }
}
