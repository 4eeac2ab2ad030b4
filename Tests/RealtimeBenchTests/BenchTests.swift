import AudioDSP
import Logging
import RealtimeClient
import RealtimeServer
import RealtimeTesting
import SessionCore
import Testing

@testable import RealtimeBench

/// The benchmark against our server with scripted engines: real connections, real time, no models.
@Suite("Benchmark and server") struct BenchTests {
    /// Serves on a free port while `body` runs.
    private func withServer(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(ScriptedEngines().cascade)
        let readiness = Readiness()
        readiness.ready()
        var configuration = ServerConfiguration()
        configuration.port = 0
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = try RealtimeApplication(
            configuration: configuration, sessions: conversations, readiness: readiness,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, onRunning: { port.yield($0) })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            group.addTask { for await port in ports { return try await body(port) } }
            // The body ends first; the server doesn't end of itself.
            try await group.next()
            group.cancelAll()
        }
    }

    /// 300 ms of a loud hum.
    private func hum() throws -> Utterance {
        let samples = (0..<7200).map { Int16($0 % 100 < 50 ? 9000 : -9000) }
        return try Utterance(name: "hum", WAV(samples: samples, rate: 24_000), speech: 0..<samples.count)
    }

    @Test("turns and interruptions are timed in either dialect", arguments: Wire.Dialect.allCases)
    func turns(dialect: Wire.Dialect) async throws {
        var plan = Bench.Plan([try hum()])
        plan.wire = Wire(dialect: dialect, silence: 300)
        plan.rounds = 1
        plan.interruptions = 1
        plan.interruptAfter = .milliseconds(200)
        plan.measuresDecoding = false
        try await withServer { [plan] port in
            let headers = dialect == .preview ? [Header(name: "OpenAI-Beta", value: "realtime=v1")] : []
            let target = Target(
                name: "scripted", url: "ws://127.0.0.1:\(port)/v1/realtime?model=gpt-realtime", headers: headers)
            let run = try #require(try await Bench([target], plan) { _ in }.run(sessions: 2).first)
            #expect(run.turns.count == 2 && run.silence == 300)
            for turn in run.turns {
                #expect(turn.failure == nil)
                #expect(turn.heard == "What time is it?" && turn.answer == "It is noon, more or less.")
                // On the sound's own clock: a busy machine sends late and then much at once.
                #expect(turn.speechEndToTurnEnd.map { $0 >= 290 } == true, "silence ends the turn")
                #expect(turn.voiceToVoice != nil)
            }
            #expect(run.interruptions.count == 2)
            #expect(run.interruptions.allSatisfy { $0.felt != nil })
            // What the server says itself: the answers to the turns, not those to the interruptions.
            #expect(run.steps.contains { $0.name == "first_sent" && $0.count == 2 })
        }
    }

    @Test("sound goes both ways as long as it is asked for")
    func duplex() async throws {
        var plan = Bench.Plan([try hum()])
        plan.rounds = 0
        plan.duplex = .seconds(1)
        plan.measuresDecoding = false
        try await withServer { [plan] port in
            let target = Target(name: "scripted", url: "ws://127.0.0.1:\(port)/v1/realtime?model=gpt-realtime")
            let run = try #require(try await Bench([target], plan) { _ in }.run(sessions: 1).first)
            #expect(run.turns.isEmpty && run.soundMessages > 0 && run.microphoneSeconds > 0.1)
        }
    }

    @Test("a server that is not there is a failure of each turn, told in words")
    func nobody() async throws {
        var plan = Bench.Plan([try hum(), try hum()])
        plan.rounds = 1
        plan.measuresDecoding = false
        let target = Target(name: "nobody", url: "ws://127.0.0.1:1/v1/realtime")
        let run = try #require(try await Bench([target], plan) { _ in }.run(sessions: 1).first)
        #expect(run.turns.count == 2 && run.turns.allSatisfy { $0.failure?.contains("127.0.0.1") == true })
    }
}
