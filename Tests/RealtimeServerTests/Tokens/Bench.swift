import Foundation
import Logging
import Synchronization

@testable import RealtimeServer

/// A time that only the test moves.
final class TestClock: Sendable {
    static let start = 1_800_000_000
    private let seconds = Mutex(start)

    var now: Int { seconds.withLock { $0 } }

    func advance(_ count: Int) { seconds.withLock { $0 += count } }
}

/// Fetches by HTTP, counts, and can be cut off.
final class CountingFetcher: DocumentFetcher {
    struct Away: Error {}

    private let state = Mutex((count: 0, isAway: false, gate: Gate?.none))

    /// How many documents were asked for; a set of keys takes two.
    var count: Int { state.withLock { $0.count } }

    func cutOff() { state.withLock { $0.isAway = true } }

    /// From now on documents wait for `gate`.
    func wait(for gate: Gate) { state.withLock { $0.gate = gate } }

    func fetch(_ address: TrustedAddress) async throws -> [UInt8] {
        let (isAway, gate) = state.withLock { state in
            state.count += 1
            return (state.isAway, state.gate)
        }
        await gate?.pass()
        if isAway { throw Away() }
        return try await HTTPDocumentFetcher().fetch(address)
    }
}

/// Holds whoever comes until it is opened.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func pass() async {
        guard !isOpen else { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}

/// Keeps what is logged.
final class KeptLog: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { _ in Handler(log: self) } }

    struct Handler: LogHandler {
        let log: KeptLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) { log.kept.withLock { $0.append("\(event.level) \(event.message)") } }
    }
}

/// An issuer that is really there, and a verifier that trusts it.
struct Bench {
    let server: LittleServer
    let clock = TestClock()
    let fetcher = CountingFetcher()
    let log = KeptLog()
    let verifier: TokenVerifier
    let keys: [TestKey]

    /// - Parameters:
    ///   - keys: those that the issuer publishes; one of each type, if none are given.
    ///   - isAway: whether nobody answers at the issuer's address.
    init(
        _ keys: [TestKey]? = nil, isAway: Bool = false, audiences: [String] = TokenIssuer.azureAudiences,
        tenants: [String] = [], assignments: [RoleAssignment] = []
    ) throws {
        server = try LittleServer(isAway: isAway)
        self.keys = try keys ?? [.rsa("rsa-1"), .elliptic("ec-1")]
        let clock = clock
        verifier = try TokenVerifier(
            issuers: [TokenIssuer(server.url, audiences: audiences, tenants: tenants)], assignments: assignments,
            fetcher: fetcher, logger: log.logger, now: { clock.now })
        try publish(self.keys.map { .object(try $0.published) })
    }

    /// Sets the documents of the issuer.
    func publish(_ keys: [JSON], issuer: String? = nil, keysURL: String? = nil) throws {
        let document: JSON = [
            "issuer": .text(issuer ?? server.url), "jwks_uri": .text(keysURL ?? server.url + "/keys"),
        ]
        server.answer("/.well-known/openid-configuration", .init(body: try document.string))
        server.answer("/keys", .init(body: try JSON.object(["keys": .array(keys)]).string))
    }

    /// A good token by the first of the keys.
    func token(_ key: TestKey? = nil, _ algorithm: String = "RS256") throws -> TestToken {
        TestToken(try key ?? keys.first ?? .rsa("rsa-1"), algorithm, issuer: server.url)
    }

    /// Why the token is refused; `nil` if it is accepted.
    func refusal(of token: String) async -> TokenRefusal? {
        do throws(TokenRefusal) {
            _ = try await verifier.verify(token)
            return nil
        } catch {
            return error
        }
    }

    func refusal(of token: TestToken) async throws -> TokenRefusal? { await refusal(of: try token.signed) }
}
