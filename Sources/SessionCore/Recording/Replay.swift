import AudioDSP
import RealtimeProtocol

/// Runs a recorded session through the rules again, without engines, and compares every message byte for byte.
public struct Replay {
    /// What came of it.
    public enum Outcome: Equatable, Sendable {
        /// All messages were the same.
        case same(messages: Int)
        /// The first that was not: its line in `events.jsonl`, what was recorded and what is said now.
        case differs(line: Int, recorded: String, now: String)
    }

    /// A recording that cannot be read.
    public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
        /// Which line, and what is wrong with it.
        public var description: String
    }

    private var session: Session
    private var heard = AudioLog()
    private var said = AudioLog()
    private var given = AudioLog()
    private var produced: [Recording.Said] = []

    /// Replays a recording.
    ///
    /// - Parameters:
    ///   - events: the lines of `events.jsonl`.
    ///   - input: the samples of `input.wav`, 24 kHz.
    ///   - output: the samples of `output.wav`, 24 kHz.
    /// - Throws: ``Malformed``.
    public static func run(events: [some StringProtocol], input: [Int16], output: [Int16]) throws -> Outcome {
        guard let first = events.first, let head = try? line(first, 1).decode(Recording.Head.self) else {
            throw Malformed(description: "Line 1 is not the head of a recording.")
        }
        guard head.vivavoce == Recording.version, let session = head.session else {
            throw Malformed(
                description:
                    "The recording is of version \(head.vivavoce); this program reads version \(Recording.version).")
        }
        var replay = Replay(session: session)
        _ = replay.heard.append(input[...], rate: AudioLog.ticksPerSecond)
        _ = replay.said.append(output[...], rate: AudioLog.ticksPerSecond)
        var messages = 0
        for (number, text) in events.enumerated().dropFirst() where !text.isEmpty {
            let value = try line(text, number + 1)
            if value["turn"] != nil { continue }  // it took another time than it takes now
            if value["in"] != nil {
                if let left = replay.produced.first {
                    return .differs(line: number + 1, recorded: "(no message)", now: left.out.text)
                }
                guard let happened = try? value.decode(Recording.Happened.self) else {
                    throw Malformed(description: "Line \(number + 1) holds nothing that can happen to a session.")
                }
                replay.handle(happened.in)
            } else {
                guard let recorded = try? value.decode(Recording.Said.self) else {
                    throw Malformed(description: "Line \(number + 1) is neither an input nor a message.")
                }
                guard !replay.produced.isEmpty else {
                    return .differs(line: number + 1, recorded: recorded.out.text, now: "(no message)")
                }
                var now = replay.produced.removeFirst()
                now.at = recorded.at
                guard now == recorded else {
                    let same = now.out == recorded.out ? " (the sound differs)" : ""
                    return .differs(line: number + 1, recorded: recorded.out.text, now: now.out.text + same)
                }
                messages += 1
            }
        }
        return .same(messages: messages)
    }

    private init(session: Session) { self.session = session }

    private static func line(_ text: some StringProtocol, _ number: Int) throws -> JSONValue {
        do {
            return try JSONValue(parsing: Array(text.utf8), deepest: 160)
        } catch {
            throw Malformed(description: "Line \(number) is not JSON: \(error).")
        }
    }

    private mutating func handle(_ input: Input) {
        var effects: [Effect] = []
        session.handle(input, into: &effects)
        for effect in effects {
            switch effect {
            case .send(let event): produce(WireWriter.message(event, session.dialect))
            case .sendAudio(let delta): produce(WireWriter.message(delta, of: said, session.dialect), delta.range)
            case .sendItem(let id, let item, let audio):
                produce(WireWriter.message(id, item, audio: audio, of: log, session.dialect))
            case .keep(let base64, let format): WireWriter.keep(base64, format, in: &given)
            default: break  // engines' work is in the recording
            }
        }
    }

    private func log(_ track: AudioSpan.Track) -> AudioLog {
        switch track {
        case .heard: heard
        case .said: said
        case .given: given
        }
    }

    private mutating func produce(_ message: [UInt8]?, _ sound: Range<Int>? = nil) {
        if let message { produced.append(Recording.Said(at: 0, wire: message, sound: sound)) }
    }
}
