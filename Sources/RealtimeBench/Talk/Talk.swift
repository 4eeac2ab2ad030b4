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
        var turns: [SpokenTurn]
        /// By how much each message was late.
        var lateness: [Duration]
        var silence: Int?
    }

    private enum Input {
        case beat(Int)
        case message(String, at: Duration)
        case ended(String)
    }

    /// Says everything, in as many connections as it takes: a failure must not end the run.
    func hold(_ steps: [User.Step]) async throws -> Outcome {
        var user = User(steps, at: metronome.now)
        var outcome = Outcome(turns: [], lateness: [])
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

    private func connected(_ user: inout User, _ outcome: inout Outcome) async throws {
        let socket = try await WebSocketTransport.connect(to: target.url, headers: target.headers)
        try await socket.send(utf8: wire.update(instructions: style.instructions, longestAnswer: style.longestAnswer))
        let (inputs, input) = AsyncStream<Input>.makeStream()
        let reader = Task { [metronome] in
            do {
                // The moment counts at which a message arrives, not the one at which there is time to read it.
                for try await case .text(let text) in socket.messages {
                    input.yield(.message(text, at: metronome.now))
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
        for await input in inputs {
            switch input {
            case .beat(let beat):
                guard isReady else {
                    guard metronome.now < deadline else {
                        throw BenchError("no session.updated within \(User.patience.components.seconds) s")
                    }
                    continue
                }
                let now = metronome.now
                outcome.lateness.append(now - metronome.due(beat))
                try await socket.send(utf8: user.nextMessage(at: now))
                if user.isDone { return await socket.close() }
            case .message(let text, let at):
                guard let event = Wire.Event(text) else { continue }
                if isReady {
                    user.take(event, at: at)
                } else if case .sessionUpdated(let silence) = event {
                    (isReady, outcome.silence) = (true, silence)
                } else if case .failed(let message) = event {
                    throw BenchError("error: \(message)")
                }
            case .ended(let reason): throw BenchError(reason)
            }
        }
        throw CancellationError()
    }
}
