import Foundation
import Logging

/// Tells who comes with a bearer token: a JSON Web Token that an OpenID Connect provider signed.
///
/// The order of the questions: can the token be read, is its algorithm accepted, is its issuer trusted, has the issuer
/// such a key, did the key sign it, and only then what it says: for whom it is, of which tenant, and when it is valid.
final class TokenVerifier: TokenVerifying {
    private struct Trusted: Sendable {
        var issuer: TokenIssuer
        var keys: IssuerKeys
    }

    private let trusted: [String: Trusted]
    private let assignments: [RoleAssignment]
    private let now: @Sendable () -> Int

    /// Fetches nothing yet.
    ///
    /// - Parameters:
    ///   - issuers: whose tokens are trusted; each URL once.
    ///   - now: the time in Unix seconds.
    init(
        issuers: [TokenIssuer], assignments: [RoleAssignment], fetcher: any DocumentFetcher = HTTPDocumentFetcher(),
        schedule: KeySchedule = .standard, logger: Logger,
        now: @escaping @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }
    ) throws(TokenSettingError) {
        var trusted: [String: Trusted] = [:]
        for issuer in issuers {
            guard trusted[issuer.url] == nil else {
                throw TokenSettingError(
                    "issuer", "\(issuer.url) is there twice. Give all its audiences to one of them.")
            }
            let source = KeySource(issuer: issuer, fetcher: fetcher)
            trusted[issuer.url] = Trusted(
                issuer: issuer, keys: IssuerKeys(source, schedule: schedule, logger: logger, now: now))
        }
        self.trusted = trusted
        self.assignments = assignments
        self.now = now
    }

    func prepare() async {
        await withDiscardingTaskGroup { group in
            for trusted in trusted.values { group.addTask { await trusted.keys.prepare() } }
        }
    }

    func verify(_ token: String) async throws(TokenRefusal) -> Caller {
        let token = try UnverifiedToken(token)
        guard let trusted = trusted[token.claims.issuer], trusted.issuer.url.isExactly(token.claims.issuer) else {
            throw TokenRefusal(
                .issuer, "The bearer token is of an issuer that this server does not trust.",
                reason: "no trusted issuer is called \"\(token.claims.issuer.forLog)\"")
        }
        let name = "a token of \(trusted.issuer.url) with the key id \"\(token.keyID?.forLog ?? "")\""
        let keys = try await trusted.keys.find(token.keyID, for: token.algorithm)
        guard !keys.isEmpty else {
            throw TokenRefusal(
                .key, "The bearer token is not signed with a key that its issuer has. Ask its issuer for a new one.",
                reason: "\(name): the issuer has no such key for \(token.algorithm.rawValue)")
        }
        guard keys.contains(where: { $0.signed(token) }) else {
            throw TokenRefusal(
                .signature, "The bearer token has a wrong signature. Ask its issuer for a new one.",
                reason: "\(name): the signature is wrong")
        }
        if let refusal = trusted.issuer.refusal(of: token.claims, now: now()) { throw refusal }
        var caller = Caller(token.claims, acceptedFor: trusted.issuer.clockSkew)
        caller.roles = roles(of: caller)
        return caller
    }

    func roles(of caller: Caller) -> Set<Role> {
        guard trusted[caller.issuer] != nil else { return [] }
        return Set(assignments.filter { $0.applies(to: caller) }.map(\.role))
    }
}
