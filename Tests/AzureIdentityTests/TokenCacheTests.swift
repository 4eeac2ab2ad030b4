import Foundation
import Synchronization
import Testing

@testable import AzureIdentity

/// Gives numbered tokens, and counts how often it was asked.
private final class Source: Sendable {
    private let state = Mutex((count: 0, fails: false))
    let clock: TestClock
    let life: TimeInterval
    let refresh: TimeInterval?

    init(_ clock: TestClock, life: TimeInterval = 3600, refresh: TimeInterval? = nil) {
        self.clock = clock
        self.life = life
        self.refresh = refresh
    }

    var count: Int { state.withLock { $0.count } }
    var fails: Bool {
        get { state.withLock { $0.fails } }
        set { state.withLock { $0.fails = newValue } }
    }

    @Sendable func token() async throws -> AccessToken {
        let (count, fails) = state.withLock { state in
            state.count += 1
            return (state.count, state.fails)
        }
        if fails { throw IdentityError(.unreachable, credential: "Source", "down") }
        return AccessToken(
            value: "\(count)", expiresOn: clock.now + life, refreshOn: refresh.map { clock.now + $0 })
    }
}

@Suite(.timeLimit(.minutes(1)))
struct TokenCacheTests {
    private let clock = TestClock()
    private let cache: TokenCache

    init() {
        let clock = clock
        cache = TokenCache { clock.now }
    }

    private func value(_ source: Source, _ scopes: [String] = ["a"]) async throws -> String {
        try await cache.token(for: scopes, request: source.token).value
    }

    @Test(arguments: [(0.0, "1"), (3299, "1"), (3300, "2"), (3599, "2"), (3600, "2"), (9999, "2")])
    func aTokenServesUntilFiveMinutesBeforeItExpires(age: TimeInterval, expected: String) async throws {
        let source = Source(clock)
        _ = try await value(source)
        clock.advance(by: age)
        #expect(try await value(source) == expected)
    }

    @Test(arguments: [(1799.0, "1"), (1800, "2")])
    func orUntilTheAuthorityWantsItReplaced(age: TimeInterval, expected: String) async throws {
        let source = Source(clock, refresh: 1800)
        _ = try await value(source)
        clock.advance(by: age)
        #expect(try await value(source) == expected)
    }

    @Test func eachSetOfScopesHasItsToken() async throws {
        let source = Source(clock)
        #expect(try await value(source, ["a", "b"]) == "1")
        #expect(try await value(source, ["a"]) == "2")
        #expect(try await value(source, ["b", "a", "a"]) == "1")
    }

    @Test func aFailedRefreshLeavesTheOldTokenAndPauses() async throws {
        let source = Source(clock)
        _ = try await value(source)
        source.fails = true
        clock.advance(by: 3400)
        #expect(try await value(source) == "1")
        #expect(source.count == 2)
        clock.advance(by: 29)
        #expect(try await value(source) == "1")
        #expect(source.count == 2, "within the pause nobody is asked")
        clock.advance(by: 1)
        #expect(try await value(source) == "1")
        #expect(source.count == 3)
        source.fails = false
        clock.advance(by: 30)
        #expect(try await value(source) == "4")
    }

    @Test func anExpiredTokenDoesNotServe() async throws {
        let source = Source(clock)
        _ = try await value(source)
        source.fails = true
        clock.advance(by: 3590)
        #expect(try await value(source) == "1")
        clock.advance(by: 10)
        await #expect(throws: IdentityError.self) { try await value(source) }
        await #expect(throws: IdentityError.self) { try await value(source) }
        #expect(source.count == 4, "without a token there is no pause")
    }

    @Test func aTokenOfAMinuteIsNotAskedForAtEveryCall() async throws {
        let source = Source(clock, life: 60)
        _ = try await value(source)
        #expect(try await value(source) == "1")
        clock.advance(by: 30)
        #expect(try await value(source) == "2")
    }

    @Test func afterAFailureTheNextCallerTriesAgain() async throws {
        let source = Source(clock)
        source.fails = true
        await #expect(throws: IdentityError.self) { try await value(source) }
        source.fails = false
        #expect(try await value(source) == "2")
    }

    @Test func manyCallersMakeOneRequest() async throws {
        let server = try TokenServer(.token("abc", delay: 0.3))
        let credential = EnvironmentCredential(clock.surroundings(principal(server)))
        let values = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await credential.token().value } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(values == Array(repeating: "abc", count: 20))
        #expect(server.requests.count == 1)
    }

    @Test func aCallerWhoLeavesDoesNotTakeTheRequestAlong() async throws {
        let server = try TokenServer(.token("abc", delay: 3))
        let credential = EnvironmentCredential(clock.surroundings(principal(server)))
        let first = Task { try await credential.token() }
        #expect(await eventually { server.requests.count == 1 })
        let second = Task { try await credential.token() }
        try await Task.sleep(for: .milliseconds(50))
        first.cancel()
        let start = ContinuousClock.now
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(ContinuousClock.now - start < .seconds(2.5), "and does not wait for it")
        #expect(try await second.value.value == "abc")
        #expect(server.requests.count == 1)
    }

    @Test func aRequestWithoutCallersIsCancelled() async throws {
        let cache = cache
        let step = Remembered<String>()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try? await cache.token(for: ["a"]) {
                    step.value = "began"
                    return try await withTaskCancellationHandler {
                        try await Task.sleep(for: .seconds(60))
                        throw CancellationError()
                    } onCancel: {
                        step.value = "cancelled"
                    }
                }
            }
            #expect(await eventually { step.value == "began" })
            group.cancelAll()
            #expect(await eventually { step.value == "cancelled" })
        }
        #expect(try await value(Source(clock)) == "1", "and the next caller begins anew")
    }

    @Test func aCallerCancelledBeforehandAsksNobody() async throws {
        let source = Source(clock)
        let cache = cache
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await cache.token(for: ["a"], request: source.token)
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(source.count == 0)
    }
}
