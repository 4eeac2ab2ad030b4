import RealtimeTesting
import SpeechEngines
import Synchronization
import Testing

@Suite struct ClauseTests {
    @Test(
        "a text is cut where a voice may pause; joined, the clauses are the text",
        arguments: [
            ("Hello there, you! How are you?", ["Hello there, you!", " How are you?"]),
            ("Sure! Why did it fall? Because.", ["Sure! Why did it fall?", " Because."]),
            ("Yes.", ["Yes."]), ("你好。今天是星期一。", ["你好。", "今天是星期一。"]),
            ("Well, it depends, on many things, as ever.", ["Well, it depends,", " on many things, as ever."]),
            ("Pi is 3.14, and 1,000 is more.", ["Pi is 3.14,", " and 1,000 is more."]),
            (
                "Old Dr. Smith, e.g. of the U.S. Army, left. Then I. Then you.",
                ["Old Dr. Smith,", " e.g. of the U.S. Army, left.", " Then I.", " Then you."]
            ),
            ("The capital of France is Paris.", ["The capital of France", " is Paris."]),
            ("It is in Paris and in Rome.", ["It is in Paris", " and in Rome."]),
            ("I am on the way.", ["I am on the way."]), ("One\ntwo", ["One\ntwo"]),
            ("One two three\nfour", ["One two three\n", "four"]),
            ("...!?", ["...!?"]), ("", []), ("🎉🎉", ["🎉🎉"]),
        ] as [(String, [String])])
    func cuts(text: String, clauses: [String]) {
        var chunker = ClauseChunker()
        var made: [String] = []
        for character in text { made += chunker.append(String(character)) }
        if let rest = chunker.finish() { made.append(rest) }
        #expect(made == clauses)
        #expect(made.joined() == text)
    }

    @Test("a token's end is enough to see that a phrase begins")
    func token() {
        var chunker = ClauseChunker()
        let clauses = ["It", " was", " the", " best", " in"].map {
            chunker.append($0) + [chunker.endToken()].compactMap(\.self)
        }
        #expect(clauses == [[], [], [], [], ["It was the best"]])
        #expect(chunker.append(" town.") == [" in town."])
    }

    @Test("no clause grows without end, whatever the text")
    func longText() {
        for text in [String(repeating: "word ", count: 2000), String(repeating: "x", count: 10_000)] {
            var chunker = ClauseChunker()
            let clauses = chunker.append(text) + [chunker.finish() ?? ""]
            #expect(clauses.joined() == text)
            #expect(clauses.allSatisfy { $0.count <= 2 * 240 })
        }
    }

    @Test("words come whole, each with its leading space", arguments: 1...7)
    func words(piece: Int) {
        let text = "  It's  noon,\nmore or less."
        var splitter = WordSplitter()
        var words: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            words += splitter.append(String(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        words += splitter.finish()
        #expect(words == ["It's", "  noon,", "\nmore", " or", " less."])
    }
}

@Suite struct CascadeTests {
    private func events(_ script: ScriptedEngines, speech: Bool) async throws -> [Cascade.Event] {
        let events = Mutex<[Cascade.Event]>([])
        try await script.cascade.answer(
            .init(
                prompt: Prompt(conversation: ConversationKey("c")), options: GenerationOptions(),
                speech: speech ? .init(voice: "hum", speed: 1, sampleRate: 24_000) : nil)
        ) { event in events.withLock { $0.append(event) } }
        return events.withLock { $0 }
    }

    @Test("what is written is ahead of what is said, and both are one text")
    func ahead() async throws {
        var (written, said) = ("", "")
        for event in try await events(ScriptedEngines(), speech: true) {
            switch event {
            case .text(let word): written += word
            case .sound(let clause, let samples):
                said += clause ?? ""
                #expect(written.hasPrefix(said))
                #expect(!samples.isEmpty)
            default: break
            }
        }
        #expect(written == "It is noon, more or less.")
        #expect(said == written)
    }

    @Test("an engine's failure is the answer's", arguments: [true, false])
    func failure(speech: Bool) async {
        var script = ScriptedEngines()
        script.failure = EngineError(.failed, "It broke.")
        await #expect(throws: EngineError(.failed, "It broke.")) { try await events(script, speech: speech) }
    }

    private static let call: ArraySlice<Cascade.Event> = [
        .call(.began(name: "get_time")), .call(.arguments("{}")), .call(.ended),
    ]

    @Test("a call is passed on", arguments: [true, false])
    func call(speech: Bool) async throws {
        var script = ScriptedEngines()
        script.answer = []
        script.call = ("get_time", "{}")
        let made = try await events(script, speech: speech)
        #expect(made.prefix(3) == Self.call)
        #expect(made.count == 4)
    }

    @Test("a message is whole before a call begins", arguments: [true, false])
    func textThenCall(speech: Bool) async throws {
        var script = ScriptedEngines()
        script.answer = ["Let", " me", " see.", " One", " moment"]
        script.call = ("get_time", "{}")
        let made = try await events(script, speech: speech)
        #expect(made.dropLast().suffix(3) == Self.call)
        let text = made.reduce("") { if case .text(let text) = $1 { $0 + text } else { $0 } }
        #expect(text == "Let me see. One moment")
    }

    @Test("an answer without an end is a failure", arguments: [true, false])
    func noEnd(speech: Bool) async {
        var script = ScriptedEngines()
        script.finishes = false
        await #expect(throws: EngineError.self) { try await events(script, speech: speech) }
    }

    @Test("marks without end are cut, in no time")
    func marks() {
        var chunker = ClauseChunker()
        let text = String(repeating: "!\n.", count: 30_000)
        let clauses = chunker.append(text) + [chunker.finish() ?? ""]
        #expect(clauses.joined() == text && clauses.allSatisfy { $0.count <= 480 })
    }

    @Test("a deadline sooner comes first, never comes last")
    func deadlines() {
        let (now, later) = (Deadline.now, Deadline.after(.seconds(1)))
        #expect([Deadline.never, later, now].sorted() == [now, later, .never])
    }
}
