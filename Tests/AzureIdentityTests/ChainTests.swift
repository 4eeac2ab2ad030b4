import Foundation
import Synchronization
import Testing

@testable import AzureIdentity

/// Serves or fails as told.
private final class Scripted: TokenCredential {
    private let state: Mutex<(results: [Result<AccessToken, any Error>], count: Int)>

    init(_ results: Result<AccessToken, any Error>...) { state = Mutex((results, 0)) }

    var count: Int { state.withLock { $0.count } }

    func token(for scopes: [String]) async throws -> AccessToken {
        try state.withLock { state in
            state.count += 1
            return state.results.count > 1 ? state.results.removeFirst() : state.results[0]
        }.get()
    }
}

private let good = Result<AccessToken, any Error>.success(AccessToken(value: "abc", expiresOn: .distantFuture))

private func bad(_ code: IdentityError.Code, _ name: String = "Bad") -> Result<AccessToken, any Error> {
    .failure(IdentityError(code, credential: name, "\(code.rawValue) reason"))
}

private struct Strange: Error {}

struct ChainedTokenCredentialTests {
    @Test func theFirstThatServesIsRemembered() async throws {
        let (first, second, third) = (Scripted(bad(.unavailable)), Scripted(good), Scripted(good))
        let chain = ChainedTokenCredential(first, second, third)
        for _ in 0..<3 { _ = try await chain.token() }
        #expect([first, second, third].map(\.count) == [1, 3, 0])
    }

    @Test func whatTheRememberedOneThrowsIsPassedOn() async throws {
        let (first, second) = (Scripted(good, bad(.unavailable, "First")), Scripted(good))
        let chain = ChainedTokenCredential(first, second)
        _ = try await chain.token()
        let error = await failure { try await chain.token() }
        #expect(error?.description == "First: unavailable reason")
        #expect(second.count == 0)
    }

    @Test(arguments: [
        (IdentityError.Code.unavailable, true), (.refused, false), (.unreachable, false), (.invalidResponse, false),
        (.invalidConfiguration, false),
    ])
    func onlyOneThatHasNothingToWorkWithIsPassedOver(code: IdentityError.Code, goesOn: Bool) async {
        let next = Scripted(bad(.unavailable, "Next"))
        let error = await failure { try await ChainedTokenCredential(Scripted(bad(code)), next).token() }
        #expect(next.count == (goesOn ? 1 : 0))
        #expect(error?.code == code)
    }

    @Test func aChainThatStopsSaysWhere() async {
        let chain = ChainedTokenCredential(
            Scripted(bad(.unavailable, "A")), Scripted(bad(.refused, "B")), Scripted(good))
        let error = await failure { try await chain.token() }
        #expect(
            error?.description == """
                ChainedTokenCredential: B is set up and failed, so that no other credential was asked:
                  - A: unavailable reason
                  - B: refused reason
                """)
        #expect(error?.attempts.map(\.code) == [.unavailable, .refused])
    }

    @Test func aChainOfChainsListsEachOnALineOfItsOwn() async {
        let inner = ChainedTokenCredential(Scripted(bad(.unavailable, "A")), Scripted(bad(.unavailable, "B")))
        let error = await failure {
            try await ChainedTokenCredential(inner, Scripted(bad(.unavailable, "C"))).token()
        }
        #expect(error?.code == .unavailable)
        #expect(
            error?.description == """
                ChainedTokenCredential: no credential could give a token:
                  - A: unavailable reason
                  - B: unavailable reason
                  - C: unavailable reason
                Mend one of them.
                """)
    }

    @Test func aStrangersFailureIsNamedButNotQuoted() async {
        let error = await failure { try await ChainedTokenCredential(Scripted(.failure(Strange()))).token() }
        #expect(error?.code == .other)
        #expect(error?.attempts.first?.description == "Scripted: failed with Strange")
        #expect(error?.attempts.first?.cause is Strange)
    }

    @Test func anEmptyChain() async {
        let error = await failure { try await ChainedTokenCredential([]).token() }
        #expect(error?.code == .invalidConfiguration)
    }

    @Test func cancellationIsNoFailure() async {
        let next = Scripted(good)
        await #expect(throws: CancellationError.self) {
            try await ChainedTokenCredential(Scripted(.failure(CancellationError())), next).token()
        }
        #expect(next.count == 0)
    }
}
