import RealtimeTesting
import SpeechEngines
import Testing

@Suite struct OptionalEngineTests {
    @Test("a cascade does without an end-of-turn detector and noise reduction, and takes them where they are")
    func optional() async throws {
        var engines = ScriptedEngines()
        #expect(engines.cascade.endOfTurn == nil && engines.cascade.noiseReducer == nil)
        engines.pausesAreEnds = [0.1, 0.9]
        engines.reducesNoise = true
        let cascade = engines.cascade
        let detector = try #require(cascade.endOfTurn)
        var told: [Float] = []
        for _ in 0..<3 { told.append(try await detector.probability([])) }
        #expect(told == [0.1, 0.9, 0.9])
    }

    @Test("the scripted noise reduction keeps the clock, with the delay that it tells")
    func scriptedNoiseReduction() throws {
        var engines = ScriptedEngines()
        engines.reducesNoise = true
        let stream = try #require(engines.cascade.noiseReducer).makeStream(for: .far, sampleRate: 24_000)
        let samples = (0..<1000).map { Float($0 % 10) / 10 - 0.5 }
        var cleaned: [Float] = []
        for start in stride(from: 0, to: 1000, by: 100) {
            cleaned += stream.process(Array(samples[start..<start + 100]))
        }
        let expected = [Float](repeating: 0, count: stream.delay) + samples.map { abs($0) < 0.05 ? 0 : $0 }
        #expect(cleaned == Array(expected.prefix(1000)))
    }
}
