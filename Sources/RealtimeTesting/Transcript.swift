import RealtimeProtocol
import SessionCore
import SpeechEngines

/// A conversation written down: what happens to a session and what it says, as lines that a person can read.
///
/// ```
/// dialect ga                             also `dialect preview`, `dialect preview 2024-10-01-preview`
/// session transcription                  for a session that only writes down
/// rule judges turn ends                  an engine judges pauses; also `rule hides heard words`
/// rule audio limit 2000 ms               how much audio is kept
/// > {"type":"response.create"}           the client says something
/// ~ voice 1200 ms                        audio in which somebody speaks
/// ~ silence 300 ms                       audio in which nobody does
/// ~ fading 96 ms                         audio in which the detector hears a voice that is hardly there any more
/// ~ understood What time is it?          the recognizer's answer to the latest question
/// ~ judged 0.9                           how likely the speaker has finished; needs `judges turn ends`
/// ~ not understood                       the recognizer failed
/// ~ says It is noon. | 900 ms            the answer's next clause and how long it sounds
/// ~ writes It is noon.                   more of a written answer
/// ~ calls get_time {"zone":"UTC"}        a function call
/// ~ starts get_time {"zone":             a function call that is not whole yet
/// ~ finished                             the answer ends; also `finished at limit`
/// ~ failed engine_failed The voice broke the answer fails
/// @ 3600000                              time, in milliseconds since the start
/// < {"type":…}                           the server says something
/// = recognize item_1 …                   the session wants something of an engine
/// ```
/// A golden file holds all of it. To check one, the lines of the server are left out, made again and compared.
/// Identifiers are called `item_1`, `resp_1` … in the order in which they appear; event identifiers are left out.
public struct Transcript {
    /// A line that could not be understood.
    public struct Malformed: Error, CustomStringConvertible {
        /// The line and what is wrong with it.
        public var description: String
    }

    private var session: Session
    private var names = ReadableNames()
    private var effects: [Effect] = []
    private var heard = 0
    private var said = 0
    private var lastRecognition: Recognition?
    private var lastJudged: (item: ItemID, voicedUntil: Int)?
    private var lastResponse: ResponseID?
    private var lastSpeaker: ResponseID?
    private var lines: [String] = []

    /// Runs the inputs of `golden` and returns the whole conversation as it is now.
    public static func replay(_ golden: String) throws -> String {
        var dialect = Dialect(.ga)
        var kind = SessionConfiguration.Kind.realtime
        var rules = Session.Rules()
        rules.voices = ["joe", "slt"]
        var body: [Substring] = []
        var head: [Substring] = []
        for line in golden.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("dialect preview") {
                dialect = Dialect(.preview(.init(rawValue: String(line.dropFirst("dialect preview ".count)))))
            }
            if line.hasPrefix("session transcription") { kind = .transcription }
            if line.hasPrefix("rule judges turn ends") { rules.judgesTurnEnds = true }
            if line.hasPrefix("rule hides heard words") { rules.showsHeardWords = false }
            if line.hasPrefix("rule audio limit ") {
                rules.audioLimitMs = milliseconds(String(line.dropFirst("rule audio limit ".count))) ?? 0
            }
            if line.hasPrefix("<") || line.hasPrefix("=") { continue }
            if body.isEmpty, ["#", "dialect", "session", "rule"].contains(where: { line.hasPrefix($0) }) {
                head.append(line)
            } else {
                body.append(line)
            }
        }
        var transcript = Transcript(
            session: Session(
                id: "sess_0123456789abcdefghijk", dialect: dialect, kind: kind, model: "gpt-realtime", rules: rules,
                startedAt: 1_790_000_000_000, seed: 7))
        transcript.lines = head.map(String.init)
        transcript.handle(.opened)
        for line in body { try transcript.play(String(line)) }
        return transcript.lines.joined(separator: "\n")
    }

    private init(session: Session) { self.session = session }

    private mutating func play(_ line: String) throws {
        lines.append(line)
        guard let mark = line.first, mark != "#" else { return }
        let text = String(line.dropFirst().drop { $0 == " " })
        switch mark {
        case ">": handle(.message(try JSONValue(parsing: names.real(text))))
        case "~": try playEngine(text)
        case "@":
            guard let milliseconds = Int(text) else { throw Malformed(description: "Not a time: \(line)") }
            handle(.time(1_790_000_000_000 + milliseconds))
        default: throw Malformed(description: "A line starts with >, ~, @, <, = or #: \(line)")
        }
    }

    private mutating func playEngine(_ text: String) throws {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        let rest = words.count > 1 ? words[1] : ""
        switch words.first {
        case "voice": try hear(rest, probability: 0.9, level: -20)
        case "fading": try hear(rest, probability: 0.9, level: -50)
        case "silence": try hear(rest, probability: 0.01, level: -70)
        case "understood": try recognized(rest, failure: nil)
        case "judged":
            guard let lastJudged, let probability = Float(rest) else {
                throw Malformed(description: "Nobody asked for a judgement, or it is no number: \(text)")
            }
            handle(
                .judged(
                    TurnJudgement(
                        item: lastJudged.item, voicedUntil: lastJudged.voicedUntil, probability: probability)))
        case "not": try recognized(nil, failure: "The recognizer broke.")
        case "says":
            let parts = rest.split(separator: "|").map(String.init)
            guard parts.count == 2, let milliseconds = Self.milliseconds(parts[1]) else {
                throw Malformed(description: "Expected `says TEXT | 900 ms`: \(text)")
            }
            let clause = String(parts[0].reversed().drop { $0 == " " }.reversed())
            let lead = lastResponse == lastSpeaker ? " " : ""
            lastSpeaker = lastResponse
            var splitter = WordSplitter()
            for (index, word) in (splitter.append(clause) + splitter.finish()).enumerated() {
                try generated(.text((index == 0 ? lead : "") + word))
            }
            let range = said..<said + milliseconds * 24
            said = range.upperBound
            try generated(.sound(range, clause: lead + clause))
        case "writes": try generated(.text(rest))
        case "calls", "starts":
            let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
            try generated(.call(.began(name: parts[0])))
            let arguments = parts.count > 1 ? parts[1] : "{}"
            // In two pieces, as a model would give them.
            for piece in [arguments.prefix(1), arguments.dropFirst()] {
                try generated(.call(.arguments(String(piece))))
            }
            if words.first == "calls" { try generated(.call(.ended)) }
        case "finished":
            try generated(
                .finished(reachedLimit: rest == "at limit", promptTokens: 40, cachedTokens: 30, answerTokens: 8))
        case "failed":
            let parts = rest.split(separator: " ", maxSplits: 1).map(String.init)
            try generated(.failed(code: parts[0], message: parts.count > 1 ? parts[1] : ""))
        default: throw Malformed(description: "No engine does this: \(text)")
        }
    }

    private static func milliseconds(_ text: String) -> Int? {
        text.split(separator: " ").first.flatMap { Int($0) }
    }

    /// Audio comes in pieces of a window, as it would from a detector that keeps up.
    private mutating func hear(_ text: String, probability: Float, level: Float) throws {
        guard let milliseconds = Self.milliseconds(text) else { throw Malformed(description: "How long? \(text)") }
        let end = heard + milliseconds * 24
        while heard < end {
            let next = min(end, (heard / VoiceWindow.length + 1) * VoiceWindow.length)
            let isWhole = next % VoiceWindow.length == 0
            let windows = isWhole ? [VoiceWindow(end: next, probability: probability, level: level)] : []
            handle(.audio(AudioArrival(range: heard..<next, windows: windows)))
            heard = next
        }
    }

    private mutating func recognized(_ text: String?, failure: String?) throws {
        guard let recognition = lastRecognition else { throw Malformed(description: "Nobody asked the recognizer") }
        handle(
            .recognized(
                RecognitionResult(item: recognition.item, attempt: recognition.attempt, text: text, failure: failure)))
    }

    private mutating func generated(_ event: GenerationEvent) throws {
        guard let lastResponse else { throw Malformed(description: "Nobody asked for an answer") }
        handle(.generation(lastResponse, event))
    }

    private mutating func handle(_ input: Input) {
        effects = []
        session.handle(input, into: &effects)
        lines += effects.compactMap { line(for: $0) }
    }

    private mutating func line(for effect: Effect) -> String? {
        switch effect {
        case .send(let event):
            guard var value = session.dialect.encode(event), case .object(var object) = value else { return nil }
            object["event_id"] = nil
            value = .object(object)
            return "< " + names.readable(value.text)
        case .sendAudio(let delta):
            let type = session.dialect.wireType(of: .responseOutputAudioDelta) ?? ""
            return names.readable("< \(type) \(delta.part.itemID) \(delta.range.count / 24) ms")
        case .sendItem(_, let item, let audio):
            let shown = audio.compactMap { $0 }.map {
                "\($0.track) \($0.ranges.map(Self.shown).joined(separator: "+"))"
            }
            let text = (try? JSONValue(encoding: item).text) ?? ""
            return names.readable("< conversation.item.retrieved \(text) with audio [\(shown.joined(separator: ", "))]")
        case .recognize(let recognition):
            lastRecognition = recognition
            let ranges = recognition.audio.ranges.map(Self.shown).joined(separator: "+")
            return names.readable("= recognize \(recognition.item) \(ranges)\(recognition.isFinal ? "" : " so far")")
        case .generate(let id, let request), .prepare(let id, let request):
            lastResponse = id
            let wish = if case .prepare = effect { "prepare" } else { "generate" }
            return names.readable(
                "= \(wish) \(id): " + request.prompt.messages.map { "\($0)" }.joined(separator: "; "))
        case .prefill(let prompt): return "= prefill: " + prompt.messages.map { "\($0)" }.joined(separator: "; ")
        case .judge(let item, let voicedUntil, _):
            lastJudged = (item, voicedUntil)
            return names.readable("= judge \(item)")
        case .confirm(let id): return names.readable("= confirm \(id)")
        case .cancel(let id): return names.readable("= cancel \(id)")
        case .close(let code, let reason): return "= close \(code) \(reason)"
        case .keep, .forget, .wake: return nil
        }
    }

    private static func shown(_ range: Range<Int>) -> String { "\(range.lowerBound / 24)–\(range.upperBound / 24) ms" }
}

/// Gives minted identifiers names that a person can follow.
private struct ReadableNames {
    private var names: [(real: String, readable: String)] = []
    private var counts: [String: Int] = [:]

    mutating func readable(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let next = Self.prefixes.compactMap({ prefix in rest.firstRange(of: prefix).map { (prefix, $0) } })
            .min(by: { $0.1.lowerBound < $1.1.lowerBound })
        {
            let (prefix, range) = next
            let body = rest[range.upperBound...].prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
            result += rest[..<range.lowerBound]
            result += body.count == (prefix == "call_" ? 16 : 21) ? name(prefix, String(body)) : prefix + body
            rest = rest[body.endIndex...]
        }
        return result + rest
    }

    /// The text with the session's own identifiers, as the client would say it.
    func real(_ text: String) -> String {
        names.reduce(text) { $0.replacing("\"\($1.readable)\"", with: "\"\($1.real)\"") }
    }

    private static let prefixes = ["sess_", "conv_", "item_", "resp_", "call_"]

    private mutating func name(_ prefix: String, _ body: String) -> String {
        if let known = names.first(where: { $0.real == prefix + body }) { return known.readable }
        counts[prefix, default: 0] += 1
        let readable = "\(prefix)\(counts[prefix] ?? 0)"
        names.append((prefix + body, readable))
        return readable
    }
}
