import Testing

@testable import RealtimeBench

@Suite("Reports") struct ReportTests {
    @Test("a share lies between the two nearest values")
    func distribution() {
        let values = Distribution([4, 1, 3, 2])
        #expect(values[0] == 1 && values[0.5] == 2.5 && values[1] == 4)
        #expect(Distribution([])[0.5] == nil)
    }

    @Test("a disturbed run says why and that it proves nothing; what failed is counted by its reason")
    func account() {
        var run = BenchRun(target: "server", sessions: 2)
        run.disturbances = ["decoding 12 tokens/s, under 20"]
        run.turns = [record(failure: "silent answer"), record(voiceToVoice: 400), record(failure: "silent answer")]
        let text = Report.markdown([run])
        #expect(text.contains("**disturbed (decoding 12 tokens/s, under 20): the times prove nothing**"))
        #expect(text.contains("1 counted, 2 failed (2 × silent answer)"))
        #expect(text.contains("| voice-to-voice | 2 | 1 | 400 | 400 | 400 | 400 | 400 |"))
    }

    @Test("a picture has a dot for each time and survives a server's strange name")
    func picture() {
        var run = BenchRun(target: "<a&b>", sessions: 1)
        run.turns = [record(voiceToVoice: 300), record(voiceToVoice: 500), record(failure: "lost")]
        let svg = Picture.svg(BenchResult(machine: "m", date: "d", runs: [run]))
        #expect(svg.split(separator: "<circle").count - 1 == 2)
        #expect(svg.contains("&lt;a&amp;b>") && !svg.contains("<a&b>"))
        #expect(Picture.svg(BenchResult(machine: "m", date: "d")).contains("</svg>"))
    }

    private func record(failure: String? = nil, voiceToVoice: Double? = nil) -> TurnRecord {
        TurnRecord(
            session: 0, round: 0, utterance: "u", failure: failure, voiceToVoice: voiceToVoice, answerSeconds: 1,
            heard: "", answer: "")
    }
}
