import Foundation
import Testing

@testable import RealtimeServer

/// Which key is taken, and when the issuer is asked for its keys again.
@Suite struct KeyRotationTests {
    @Test func acceptsATokenWithoutAKeyIDIfThereIsOneKey() async throws {
        let bench = try Bench([.rsa("rsa-1")])
        var token = try bench.token()
        token.header["kid"] = nil
        #expect(try await bench.refusal(of: token) == nil)
        // Of one type there is one: nothing to choose either.
        let mixed = try Bench()
        token = try mixed.token()
        token.header["kid"] = nil
        #expect(try await mixed.refusal(of: token) == nil)
    }

    @Test func refusesATokenWithoutAKeyIDIfThereAreSeveralKeys() async throws {
        let bench = try Bench([.rsa("rsa-1"), .otherRSA("rsa-2")])
        var token = try bench.token()
        token.header["kid"] = nil
        #expect(try await bench.refusal(of: token)?.cause == .key)
        bench.clock.advance(60)
        #expect(try await bench.refusal(of: token)?.cause == .key)
        #expect(bench.fetcher.count == 2)
    }

    @Test func takesTheKeyOfTheRightTypeUnderOneID() async throws {
        let bench = try Bench([.rsa("one"), .elliptic("one")])
        #expect(try await bench.refusal(of: bench.token()) == nil)
        #expect(try await bench.refusal(of: bench.token(bench.keys[1], "ES256")) == nil)
    }

    @Test func refusesAKeyOfAnotherTypeUnderTheID() async throws {
        let bench = try Bench([.elliptic("one")])
        #expect(try await bench.refusal(of: bench.token(.rsa("one")))?.cause == .key)
    }

    /// Keys that are not for signatures, or that cannot be read, are left out and the others serve.
    @Test(
        arguments: [
            ["use": "enc"], ["key_ops": ["encrypt"]], ["alg": "RS512"], ["alg": "HS256"], ["kty": "oct"], ["kty": "EC"],
            ["n": "AQAB"], ["n": .null], ["n": ""], ["e": ""], ["e": "AA"], ["e": "AQ"], ["kty": .null], ["e": "!"],
            ["kid": 7],
        ] as [[String: JSON]]) func leavesOutKeysThatAreNotFit(_ change: [String: JSON]) async throws
    {
        let bench = try Bench()
        let written = try bench.keys.map { try $0.published }
        try bench.publish([
            .object(written[0].merging(change) { $1 }), .object(written[1]), 7, ["kty": 7], ["kty": "new"],
        ])
        #expect(try await bench.refusal(of: bench.token())?.cause == .key)
        #expect(try await bench.refusal(of: bench.token(bench.keys[1], "ES256")) == nil)
    }

    @Test(
        arguments: [
            ["crv": "P-384"], ["crv": "secp256k1"], ["crv": .null], ["x": ""], ["x": "AA"], ["y": .null],
            ["y": .text(Data(repeating: 7, count: 32).base64URL)], ["kty": "RSA"],
        ] as [[String: JSON]])
    func leavesOutEllipticKeysThatAreNotFit(_ change: [String: JSON]) async throws {
        let bench = try Bench()
        let written = try bench.keys.map { try $0.published }
        try bench.publish([.object(written[0]), .object(written[1].merging(change) { $1 })])
        #expect(try await bench.refusal(of: bench.token(bench.keys[1], "ES256"))?.cause == .key)
    }

    /// JWTKit's own collection would go on with the algorithm of the first token.
    @Test func oneKeyServesSeveralAlgorithmsInTurn() async throws {
        let bench = try Bench()
        for algorithm in ["RS512", "RS256", "PS256", "RS384", "RS512"] {
            #expect(try await bench.refusal(of: bench.token(nil, algorithm)) == nil)
        }
    }

    @Test func fetchesAgainForAnUnknownKey() async throws {
        let bench = try Bench([.elliptic("old")])
        #expect(try await bench.refusal(of: bench.token(nil, "ES256")) == nil)
        let new = TestKey.elliptic("new")
        try bench.publish([.object(try new.published)])
        bench.clock.advance(30)
        #expect(try await bench.refusal(of: bench.token(new, "ES256")) == nil)
        #expect(bench.fetcher.count == 4)
        // The old key was taken back.
        #expect(try await bench.refusal(of: bench.token(nil, "ES256"))?.cause == .key)
    }

    @Test func aFloodOfUnknownKeysMakesOneFetch() async throws {
        let bench = try Bench()
        #expect(try await bench.refusal(of: bench.token()) == nil)
        bench.clock.advance(30)
        let tokens = try (0..<100).map { try bench.token(.elliptic("unknown-\($0)"), "ES256").signed }
        await withTaskGroup { group in
            for token in tokens { group.addTask { #expect(await bench.refusal(of: token)?.cause == .key) } }
        }
        for token in tokens { #expect(await bench.refusal(of: token)?.cause == .key) }
        #expect(bench.fetcher.count == 4)
        bench.clock.advance(29)
        #expect(await bench.refusal(of: tokens[0])?.cause == .key)
        #expect(bench.fetcher.count == 4)
        bench.clock.advance(1)
        #expect(await bench.refusal(of: tokens[0])?.cause == .key)
        #expect(bench.fetcher.count == 6)
    }

    @Test func callersShareAFetch() async throws {
        let bench = try Bench()
        let gate = Gate()
        bench.fetcher.wait(for: gate)
        let token = try bench.token().signed
        let others = (0..<50).map { _ in Task { await bench.refusal(of: token) } }
        while bench.fetcher.count == 0 { await Task.yield() }
        await gate.open()
        for other in others { #expect(await other.value == nil) }
        #expect(bench.fetcher.count == 2)
        #expect(bench.server.requests == ["/.well-known/openid-configuration", "/keys"])
    }

    @Test func aSlowFetchIsNotJoinedByASecondOne() async throws {
        let bench = try Bench()
        let gate = Gate()
        bench.fetcher.wait(for: gate)
        let token = try bench.token().signed
        let first = Task { await bench.refusal(of: token) }
        while bench.fetcher.count == 0 { await Task.yield() }
        bench.clock.advance(31)
        let second = Task { await bench.refusal(of: token) }
        for _ in 0..<10_000 { await Task.yield() }
        await gate.open()
        #expect(await first.value == nil)
        #expect(await second.value == nil)
        #expect(bench.fetcher.count == 2)
    }

    /// A caller who gives up does not take the keys from the others.
    @Test func aCancelledCallerLeavesTheFetchToTheOthers() async throws {
        let bench = try Bench()
        let gate = Gate()
        bench.fetcher.wait(for: gate)
        let token = try bench.token().signed
        let first = Task { await bench.refusal(of: token) }
        while bench.fetcher.count == 0 { await Task.yield() }
        let second = Task { await bench.refusal(of: token) }
        first.cancel()
        await gate.open()
        #expect(await second.value == nil)
        _ = await first.value
        #expect(bench.fetcher.count == 2)
    }
}
