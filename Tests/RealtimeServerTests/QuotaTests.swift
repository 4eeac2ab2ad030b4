import Foundation
import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import SessionCore
import SpeechEngines
import Synchronization
import Testing

@testable import RealtimeServer

/// How much may be used, and what was.
@Suite struct QuotaTests {
    /// A clock that is set by hand.
    private final class Clock: Sendable {
        private let time = Mutex(1_795_424_000_000)  // 2026-11-23 08:53:20 UTC
        var now: Int { time.withLock { $0 } }
        func advance(seconds: Double) { time.withLock { $0 += Int(seconds * 1000) } }
    }

    private let clock = Clock()

    private func ledger(_ database: ServerDatabase? = nil) throws -> QuotaLedger {
        try QuotaLedger(try database ?? ServerDatabase()) { [clock] in clock.now }
    }

    private static func limits(_ change: (inout Limits) -> Void = { _ in }) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    private func begin(
        _ ledger: QuotaLedger, _ deployment: Limits = Limits(), key: Limits = Limits(), named name: String = "key1"
    ) throws -> SessionAccount {
        try ledger.begin(deployment: ("clerk", deployment), key: (name, key)).get()
    }

    private func refusal(
        _ ledger: QuotaLedger, _ deployment: Limits = Limits(), key: Limits = Limits(), named name: String = "key1"
    ) -> QuotaRefusal? {
        if case .failure(let refusal) = ledger.begin(deployment: ("clerk", deployment), key: (name, key)) {
            refusal
        } else {
            nil
        }
    }

    private static func usage(_ tokens: Int) -> Usage {
        Usage(inputText: tokens, inputAudio: 0, cachedText: 0, outputText: 0, outputAudio: 0)
    }

    @Test("sessions at once, of a deployment and of a key")
    func sessions() throws {
        let ledger = try ledger()
        let two = Self.limits { $0.sessions = 2 }
        let first = try begin(ledger, two)
        var second: SessionAccount? = try begin(ledger, two, named: "key2")
        #expect(
            refusal(ledger, two)
                == QuotaRefusal(.deployment("clerk"), "2 sessions at once", retryAfter: 5))
        first.end()
        first.end()  // once is enough
        let third = try begin(ledger, two)
        #expect(refusal(ledger, two) != nil)
        // A handshake that came to nothing gives its place back.
        second = nil
        _ = second
        #expect(refusal(ledger, two) == nil)
        third.end()
        let one = Self.limits { $0.sessions = 1 }
        let held = try begin(ledger, key: one)
        #expect(refusal(ledger, key: one)?.message.contains("The API key key1") == true)
        #expect(refusal(ledger, key: one, named: "key2") == nil)
        held.end()
    }

    @Test("new sessions within any minute")
    func beginnings() throws {
        let ledger = try ledger()
        let two = Self.limits { $0.sessionsPerMinute = 2 }
        try begin(ledger, two).end()
        clock.advance(seconds: 20)
        try begin(ledger, two).end()
        #expect(refusal(ledger, two)?.retryAfter == 40)
        clock.advance(seconds: 39)
        #expect(refusal(ledger, two)?.retryAfter == 1)
        clock.advance(seconds: 1)
        try begin(ledger, two).end()
        #expect(refusal(ledger, two)?.retryAfter == 20)
    }

    @Test("tokens within any minute: told truly, refused when none are left, and back when they are a minute old")
    func tokens() throws {
        let ledger = try ledger()
        let most = Self.limits { $0.tokensPerMinute = 100 }
        let session = try begin(ledger, most)
        let other = try begin(ledger, most, named: "key2")
        #expect(session.allowance == RateLimit(name: "tokens", limit: 100, remaining: 100, resetSeconds: 0))
        session.count(Self.usage(60))
        clock.advance(seconds: 30)
        #expect(session.refusal == nil)
        other.count(Self.usage(50))
        #expect(session.allowance == RateLimit(name: "tokens", limit: 100, remaining: 0, resetSeconds: 60))
        #expect(session.refusal?.code == .rateLimited)
        #expect(
            session.refusal?.message
                == "The deployment clerk has used up its limit of 100 tokens a minute. Try again in 30 s.")
        #expect(refusal(ledger, most)?.retryAfter == 30)
        clock.advance(seconds: 30)
        #expect(session.refusal == nil && session.allowance?.remaining == 50)
        clock.advance(seconds: 30)
        #expect(session.allowance?.remaining == 100)
        #expect(try begin(ledger).allowance == nil)
    }

    @Test("minutes of sound in a day of UTC, across a restart")
    func audio() async throws {
        let database = try ServerDatabase()
        let most = Self.limits { $0.audioMinutesPerDay = 2 }
        let ledger = try ledger(database)
        let session = try begin(ledger, most)
        for _ in 0..<100 { session.count(seconds: 0.6, on: .heard) }
        #expect(session.refusal == nil)
        for _ in 0..<100 { session.count(seconds: 0.6, on: .said) }
        #expect(session.refusal?.message.contains("2 minutes of sound a day (of UTC)") == true)
        #expect(refusal(ledger, most)?.retryAfter == 86_400 - (8 * 3600 + 53 * 60 + 20))
        session.end()
        try await ledger.save()
        try await ledger.save()  // nothing twice
        let again = try self.ledger(database)
        #expect(refusal(again, most) != nil)
        #expect(refusal(again, named: "key2") == nil)
        clock.advance(seconds: 16 * 3600)
        #expect(refusal(again, most) == nil)
        let kept = try #require(try database.usage(since: "").first)
        #expect(kept.key == .init(day: "2026-11-23", deployment: "clerk", key: "key1"))
        #expect(kept.sessions == 1 && abs(kept.heardSeconds - 60) < 1e-6 && abs(kept.saidSeconds - 60) < 1e-6)
    }

    @Test("what was used is the sum of what each session used, whatever the order", arguments: [1, 2, 3] as [UInt64])
    func sums(seed: UInt64) async throws {
        print("seed \(seed)")
        var random = SplitMix64(seed: seed)
        let database = try ServerDatabase()
        let ledger = try ledger(database)
        var open: [SessionAccount] = []
        var sessions = 0
        var tokens = 0
        var heard = 0.0
        for _ in 0..<500 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0:
                open.append(try begin(ledger, named: ["key1", "key2"].randomElement(using: &random) ?? ""))
                sessions += 1
            case 1 where !open.isEmpty: open.remove(at: .random(in: open.indices, using: &random)).end()
            case 2 where !open.isEmpty:
                let count = Int.random(in: 1..<1000, using: &random)
                open.randomElement(using: &random)?.count(Self.usage(count))
                tokens += count
            case 3 where !open.isEmpty:
                open.randomElement(using: &random)?.count(seconds: 0.25, on: .heard)
                heard += 0.25
            default:
                clock.advance(seconds: .random(in: 0..<3000, using: &random))
                if Bool.random(using: &random) { try await ledger.save() }
            }
        }
        open = []
        try await ledger.save()
        let kept = try database.usage(since: "")
        #expect(kept.reduce(0) { $0 + $1.sessions } == sessions)
        #expect(kept.reduce(0) { $0 + $1.inputTokens } == tokens)
        #expect(abs(kept.reduce(0) { $0 + $1.heardSeconds } - heard) < 1e-6)
    }

    // MARK: On the wire

    private static func server(
        _ limits: Limits, _ body: (TestServer) async throws -> Void
    ) async throws {
        let conversations = Conversations(rules: Session.Rules())
        conversations.use(ScriptedEngines().cascade)
        try await TestServer.with(
            conversations,
            configure: { configuration in
                configuration.apiKeys = ["secret"]
                configuration.keyLimits = ["any": limits]
            }, body)
    }

    private static func connect(_ server: TestServer, _ path: String) async throws -> WebSocketTransport {
        try await server.connect(path, headers: [.init(name: "api-key", value: "secret")])
    }

    private static let openAI = "/v1/realtime?model=gpt-realtime"
    private static let azure = "/openai/v1/realtime?model=gpt-realtime"

    @Test("one session too many: 429 with Retry-After on Azure's paths, an error and 1013 on OpenAI's")
    func oneTooMany() async throws {
        try await Self.server(Self.limits { $0.sessions = 1 }) { server in
            let first = try await Self.connect(server, Self.openAI)
            _ = try await first.messages.first { _ in true }
            let error = await #expect(throws: ClientError.self) { try await Self.connect(server, Self.azure) }
            #expect(error?.refusal?.status == 429)
            #expect(error?.refusal?.headers.first { $0.name.lowercased() == "retry-after" }?.value == "5")
            let second = try await Self.connect(server, Self.openAI)
            var texts: [String] = []
            for try await case .text(let text) in second.messages { texts.append(text) }
            #expect(texts.count == 1)
            #expect(texts[0].contains("rate_limit_exceeded") && texts[0].contains("The API key configured 1"))
            #expect(second.closeStatus?.code == 1013)
            await first.close()
        }
    }

    @Test("a client secret counts as the key with which it was made")
    func secrets() async throws {
        try await Self.server(Self.limits { $0.sessions = 1 }) { server in
            let made = try await server.post("/v1/realtime/client_secrets", "{}", key: "secret")
            let secret = try #require(made.body["value"]?.string)
            let first = try await server.connect(
                Self.openAI, headers: [.init(name: "Authorization", value: "Bearer \(secret)")])
            _ = try await first.messages.first { _ in true }
            let error = await #expect(throws: ClientError.self) { try await Self.connect(server, Self.azure) }
            #expect(error?.refusal?.status == 429)
            await first.close()
        }
    }

    @Test("an answer too many: response.done fails with rate_limit_exceeded, and rate_limits.updated tells the truth")
    func answers() async throws {
        try await Self.server(Self.limits { $0.tokensPerMinute = 30 }) { server in
            let socket = try await Self.connect(server, Self.openAI)
            var statuses: [String] = []
            var left: [Int] = []
            var spent = 0
            try await socket.send(utf8: Array(#"{"type":"response.create"}"#.utf8))
            events: for try await case .text(let text) in socket.messages {
                let event = try JSONValue(parsing: text)
                switch event["type"] {
                case "response.done":
                    let response = event["response"]
                    statuses.append(response?["status"]?.string ?? "")
                    spent += response?["usage"]?["total_tokens"]?.integer ?? 0
                    if statuses.last == "failed" {
                        #expect(response?["status_details"]?["error"]?["code"] == "rate_limit_exceeded")
                        break events
                    }
                case "rate_limits.updated":
                    let tokens = event["rate_limits"]?.array?.first
                    #expect(tokens?["name"] == "tokens" && tokens?["limit"] == 30)
                    left.append(tokens?["remaining"]?.integer ?? -1)
                    #expect(left.last == max(0, 30 - spent))
                    try await socket.send(utf8: Array(#"{"type":"response.create"}"#.utf8))
                default: break
                }
                if statuses.count > 10 { break }
            }
            #expect(statuses.last == "failed" && statuses.count > 1, "\(statuses)")
            #expect(left.last == 0)
            await socket.close()
        }
    }
}
