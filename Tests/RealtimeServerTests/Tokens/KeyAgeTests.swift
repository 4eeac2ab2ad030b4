import Testing

@testable import RealtimeServer

/// Keys grow old, and the issuer may be away.
@Suite struct KeyAgeTests {
    static let hour = 3600

    @Test func keepsKeysForADay() async throws {
        let bench = try Bench()
        for _ in 0..<23 {
            #expect(try await Self.isAccepted(bench))
            bench.clock.advance(Self.hour - 1)
        }
        #expect(bench.fetcher.count == 2)
    }

    /// In the last hour of the day a caller makes the fetch begin and does not wait for it.
    @Test func fetchesInTheBackgroundBeforeTheKeysAreOld() async throws {
        let bench = try Bench()
        #expect(try await Self.isAccepted(bench))
        let gate = Gate()
        bench.fetcher.wait(for: gate)
        bench.clock.advance(23 * Self.hour)
        let new = TestKey.elliptic("new")
        try bench.publish(bench.keys.map { .object(try $0.published) } + [.object(try new.published)])
        // Were it waited for, this would never end.
        #expect(try await Self.isAccepted(bench))
        #expect(try await Self.isAccepted(bench))
        await gate.open()
        // Waits for the fetch that is under way; it is too soon for another one.
        #expect(try await Self.isAccepted(bench, new, "ES256"))
        #expect(bench.fetcher.count == 4)
    }

    @Test func waitsForNewKeysWhenTheyAreOld() async throws {
        let bench = try Bench()
        #expect(try await Self.isAccepted(bench))
        try bench.publish([.object(try TestKey.elliptic("new").published)])
        bench.clock.advance(24 * Self.hour)
        #expect(try await Self.isAccepted(bench) == false)
        #expect(bench.fetcher.count == 4)
    }

    @Test func goesOnForAWeekWhileTheIssuerIsAway() async throws {
        let bench = try Bench()
        #expect(try await Self.isAccepted(bench))
        bench.fetcher.cutOff()
        for day in 1...7 {
            bench.clock.advance(24 * Self.hour)
            #expect(try await Self.isAccepted(bench))
            #expect(bench.fetcher.count == 2 + day)
            // Not again for every caller.
            #expect(try await Self.isAccepted(bench))
            #expect(bench.fetcher.count == 2 + day)
        }
        let warnings = bench.log.lines.filter { $0.hasPrefix("warning") }
        #expect(warnings.count == 7)
        #expect(
            warnings.first
                == "warning The signing keys of the token issuer \(bench.server.url) cannot be fetched (Away()); those"
                + " of 24 hours ago are used on, for 144 more hours at most")
        bench.clock.advance(301)
        let refusal = try #require(try await bench.refusal(of: Self.token(bench)))
        #expect(refusal.cause == .unreachable)
        #expect(bench.log.lines.last?.hasPrefix("error No token of \(bench.server.url) can be checked") == true)
    }

    @Test func anUnknownKeyIsRefusedWhileTheIssuerIsAway() async throws {
        let bench = try Bench()
        #expect(try await Self.isAccepted(bench))
        bench.fetcher.cutOff()
        bench.clock.advance(30)
        #expect(try await bench.refusal(of: bench.token(.elliptic("unknown"), "ES256"))?.cause == .key)
        #expect(try await Self.isAccepted(bench))
    }

    /// A real address at which nobody listens.
    @Test func saysThatTheIssuerCannotBeReached() async throws {
        let bench = try Bench(isAway: true)
        let refusal = try #require(try await bench.refusal(of: bench.token()))
        #expect(refusal.cause == .unreachable)
        #expect(refusal.status == 503 && refusal.code == "ServiceUnavailable" && refusal.retryAfter == 30)
        #expect(
            refusal.message
                == "This server cannot get the signing keys of the token's issuer, so it cannot check the token. Try again"
                + " in 30 seconds; if that does not help, the server's operator finds the cause in its log.")
        for _ in 0..<10 { #expect(try await bench.refusal(of: bench.token())?.status == 503) }
        #expect(bench.fetcher.count == 1)
        bench.clock.advance(30)
        #expect(try await bench.refusal(of: bench.token())?.status == 503)
        #expect(bench.fetcher.count == 2)
    }

    @Test func aClockThatIsSetBackStopsNothing() async throws {
        let bench = try Bench(isAway: true)
        #expect(try await bench.refusal(of: bench.token())?.status == 503)
        bench.clock.advance(-30 * 24 * Self.hour)
        #expect(try await bench.refusal(of: bench.token())?.status == 503)
        #expect(bench.fetcher.count == 2)
    }

    @Test func preparesBeforeTheFirstCaller() async throws {
        let bench = try Bench()
        await bench.verifier.prepare()
        #expect(bench.fetcher.count == 2)
        #expect(try await Self.isAccepted(bench))
        #expect(bench.fetcher.count == 2)
    }

    /// A token of the time that it is now.
    private static func token(_ bench: Bench, _ key: TestKey? = nil, _ algorithm: String = "RS256") throws -> TestToken
    {
        var token = try bench.token(key, algorithm)
        token.claims["exp"] = .number(Double(bench.clock.now + 60))
        return token
    }

    private static func isAccepted(
        _ bench: Bench, _ key: TestKey? = nil, _ algorithm: String = "RS256"
    ) async throws -> Bool {
        try await bench.refusal(of: token(bench, key, algorithm)) == nil
    }
}
