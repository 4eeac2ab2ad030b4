import AudioDSP
import Testing

@testable import RealtimeBench

@Suite("Utterances") struct UtteranceTests {
    @Test("the last sample of speech is the last of its message", arguments: [1, 479, 480, 481, 1000])
    func alignment(samples: Int) throws {
        let wav = WAV(samples: [Int16](repeating: 9000, count: samples), rate: 24_000)
        let utterance = try Utterance(name: "x", wav, speech: 0..<samples)
        #expect(utterance.end % Utterance.step == 0)
        #expect(utterance.end - utterance.onset == samples)
        #expect(utterance.messages.count * Utterance.step >= utterance.end)
    }

    @Test("speech is found by its level; silence is none")
    func level() throws {
        let speech = [Int16](repeating: 0, count: 4800) + (0..<4800).map { Int16($0 % 2 == 0 ? 9000 : -9000) }
        let utterance = try #require(
            try Utterance(name: "x", WAV(samples: speech + [Int16](repeating: 0, count: 4800), rate: 24_000)))
        #expect(utterance.end - utterance.onset == 4800)
        #expect(try Utterance(name: "x", WAV(samples: [0, 1, 0, -1], rate: 24_000)) == nil)
    }

    @Test("every label lies within its cut")
    func labels() throws {
        let labels = try Recordings.labels()
        #expect(labels.count >= 12)
        for label in labels {
            #expect(label.start <= label.speechStart && label.speechStart < label.speechEnd, "\(label.name)")
            #expect(label.speechEnd < label.end, "\(label.name)")
        }
    }

    @Test("a missing recording is named, with what to do")
    func missing() {
        let error = #expect(throws: BenchError.self) { try Recordings.utterances(in: "/nowhere") }
        #expect(error?.description.contains("/nowhere/") == true && error?.description.contains("make test") == true)
    }
}
