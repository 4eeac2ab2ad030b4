import AudioDSP
public import RealtimeClient
import RealtimeProtocol

/// A server, as the benchmark reaches it.
public struct Target: Sendable {
    /// What it is called in reports.
    public var name: String
    /// Its URL, with path and query.
    public var url: String
    /// Header fields, as for the key.
    public var headers: [Header]
    /// Its process, if it is on this machine.
    public var process: Int?

    /// A server.
    public init(name: String, url: String, headers: [Header] = [], process: Int? = nil) {
        self.name = name
        self.url = url
        self.headers = headers
        self.process = process
    }
}

/// Holds the conversation of one user with one server.
struct Talk {
    let target: Target
    let wire: Wire
    let metronome: Metronome
    /// How the server is asked to answer.
    let style: Style

    /// Instructions, and how long an answer may be.
    struct Style {
        var instructions: String
        /// Tokens: a model that does not obey must not make the run long.
        var longestAnswer: Int

        static let brief = Style(
            instructions: "You are a voice assistant. Whatever you hear, answer with one short sentence.",
            longestAnswer: 80)
        static let endless = Style(
            instructions:
                "You are a storyteller who never stops early. Whatever you hear, tell a long story about a sailor, a storm"
                + " and a lighthouse, in at least fifteen sentences.",
            longestAnswer: 400)
    }

    /// What came of it.
    struct Outcome {
        var turns: [SpokenTurn] = []
        /// By how much each message was late.
        var lateness: [Duration] = []
        var silence: Int?
        /// Messages with sound that came, where that is all that counts.
        var soundMessages = 0
    }

    private enum Input {
        case beat(Int)
        case event(Wire.Event, at: Duration)
        case ended(String)
    }

    /// Says everything, in as many connections as it takes: a failure must not end the run.
    func hold(_ steps: [User.Step]) async throws -> Outcome {
        var user = User(steps, at: metronome.now)
        var outcome = Outcome()
        while !user.isDone {
            do {
                try await connected(&user, &outcome)
            } catch let error as CancellationError {
                throw error
            } catch {
                user.lose("\(error)", at: metronome.now)
            }
        }
        outcome.turns = user.turns
        return outcome
    }

    /// Sends silence and has the server speak all the while: what sound costs on its way both ways.
    func duplex(_ duration: Duration) async throws -> Outcome {
        var outcome = Outcome()
        var end: Duration?
        try await connection { socket, input in
            switch input {
            case .beat(let beat):
                let now = metronome.now
                guard let end else {
                    end = now + duration
                    try await socket.send(utf8: Wire.answer)
                    return true
                }
                outcome.lateness.append(now - metronome.due(beat))
                try await socket.send(utf8: Utterance.silence)
                return now < end
            case .event(let event, _):
                switch event {
                case .sound: outcome.soundMessages += 1
                case .responseDone: try await socket.send(utf8: Wire.answer)
                case .sessionUpdated(let silence): outcome.silence = silence
                case .failed(let message): throw BenchError("error: \(message)")
                default: break
                }
                return true
            case .ended(let reason): throw BenchError(reason)
            }
        }
        return outcome
    }

    private func connected(_ user: inout User, _ outcome: inout Outcome) async throws {
        try await connection { socket, input in
            switch input {
            case .beat(let beat):
                let now = metronome.now
                outcome.lateness.append(now - metronome.due(beat))
                try await socket.send(utf8: user.nextMessage(at: now))
                return !user.isDone
            case .event(.sessionUpdated(let silence), _): outcome.silence = silence
            case .event(let event, let at): user.take(event, at: at)
            case .ended(let reason): throw BenchError(reason)
            }
            return true
        }
    }

    /// Connects, tells the server how to answer, and passes on what happens then, until `take` returns `false`.
    private func connection(_ take: (WebSocketTransport, Input) async throws -> Bool) async throws {
        let socket = try await WebSocketTransport.connect(to: target.url, headers: target.headers)
        try await socket.send(utf8: wire.update(instructions: style.instructions, longestAnswer: style.longestAnswer))
        let (inputs, input) = AsyncStream<Input>.makeStream()
        let reader = Task { [metronome] in
            do {
                for try await case .text(let text) in socket.messages {
                    // The moment counts at which a message arrives, not the one at which there is time for it.
                    let now = metronome.now
                    if let event = Wire.Event(text) { input.yield(.event(event, at: now)) }
                }
                input.yield(.ended("the server closed the connection"))
            } catch {
                input.yield(.ended("\(error)"))
            }
        }
        let membership = metronome.join { input.yield(.beat($0)) }
        defer {
            metronome.leave(membership)
            reader.cancel()
        }
        var isReady = false
        let deadline = metronome.now + User.patience
        for await next in inputs {
            if !isReady {
                switch next {
                case .beat:
                    guard metronome.now < deadline else {
                        throw BenchError("no session.updated within \(User.patience.components.seconds) s")
                    }
                    continue
                case .event(.sessionUpdated, _): isReady = true
                case .event(.failed(let message), _): throw BenchError("error: \(message)")
                case .event, .ended: break
                }
            }
            guard try await take(socket, next) else { return await socket.close() }
        }
        throw CancellationError()
    }
}
