import Foundation
import Testing

@testable import RealtimeServer

/// What is accepted and what is not, with an issuer that has one RSA key and one elliptic key.
@Suite struct TokenVerifierTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// `nil`: accepted.
        var cause: TokenRefusal.Cause?
        var change: @Sendable (inout TestToken, Bench) throws -> Void

        init(
            _ name: String, _ cause: TokenRefusal.Cause? = nil,
            change: @escaping @Sendable (inout TestToken, Bench) throws -> Void
        ) {
            testDescription = name
            self.cause = cause
            self.change = change
        }

        static func time(_ name: String, _ cause: TokenRefusal.Cause?, _ claim: String, _ offset: Int) -> Row {
            Row(name, cause) { token, _ in token.claims[claim] = .number(Double(TestClock.start + offset)) }
        }

        static func claim(_ name: String, _ cause: TokenRefusal.Cause?, _ claim: String, _ value: JSON?) -> Row {
            Row(name, cause) { token, _ in token.claims[claim] = value }
        }
    }

    static let algorithms: [Row] = [
        Row("RS256") { _, _ in },
        Row("RS384") { token, bench in token = try bench.token(nil, "RS384") },
        Row("RS512") { token, bench in token = try bench.token(nil, "RS512") },
        Row("PS256") { token, bench in token = try bench.token(nil, "PS256") },
        Row("ES256") { token, bench in token = try bench.token(bench.keys[1], "ES256") },
        Row("none", .algorithm) { token, bench in token = try bench.token(nil, "none") },
        Row("none, with a good signature", .algorithm) { token, _ in token.header["alg"] = "none" },
        Row("None in other letters", .algorithm) { token, _ in token.header["alg"] = "nOnE" },
        Row("HS256 with the public key as the secret", .algorithm) { token, bench in
            token = try bench.token(nil, "HS256")
        },
        Row("HS384 with the public key as the secret", .algorithm) { token, bench in
            token = try bench.token(nil, "HS384")
        },
        Row("HS512 with the public key as the secret", .algorithm) { token, bench in
            token = try bench.token(nil, "HS512")
        },
        Row("HS256, called RS256", .signature) { token, _ in token.algorithm = "HS256" },
        Row("rs256 in small letters", .algorithm) { token, _ in token.header["alg"] = "rs256" },
        Row("ES384", .algorithm) { token, _ in token.header["alg"] = "ES384" },
        Row("EdDSA", .algorithm) { token, _ in token.header["alg"] = "EdDSA" },
        Row("no algorithm", .malformed) { token, _ in token.header["alg"] = nil },
        Row("RS256, called RS512", .signature) { token, _ in token.header["alg"] = "RS512" },
        Row("RS256, called PS256", .signature) { token, _ in token.header["alg"] = "PS256" },
        Row("RS256, called ES256 under the RSA key's id", .key) { token, _ in token.header["alg"] = "ES256" },
        Row("a stranger's key under a known id", .signature) { token, _ in token.key = try .otherRSA("rsa-1") },
        Row("a stranger's elliptic key under a known id", .signature) { token, bench in
            token = try bench.token(.elliptic("ec-1"), "ES256")
        },
        Row("an unknown key id", .key) { token, _ in token.header["kid"] = "rsa-2" },
        Row("the key itself in the header", .signature) { token, bench in
            token.key = try .otherRSA("rsa-1")
            token.header["jwk"] = .object(try token.key.published)
            token.header["jku"] = .text(bench.server.url + "/other")
        },
        Row("an extension that must be understood", .malformed) { token, _ in token.header["crit"] = ["b64"] },
        Row("a number in the header that no Int holds") { token, _ in token.header["x"] = 1e300 },
    ]

    static let claims: [Row] = [
        .claim("another issuer", .issuer, "iss", "https://login.example.com"),
        Row("the issuer and a slash", .issuer) { token, bench in token.claims["iss"] = .text(bench.server.url + "/") },
        .claim("no issuer", .malformed, "iss", nil),
        .claim("the audience with a slash", nil, "aud", "https://cognitiveservices.azure.com/"),
        .claim("the newer audience", nil, "aud", "https://ai.azure.com"),
        .claim("the newer audience with a slash", nil, "aud", "https://ai.azure.com/"),
        .claim("one of several audiences", nil, "aud", ["https://graph.microsoft.com", "https://ai.azure.com"]),
        .claim("another audience", .audience, "aud", "https://graph.microsoft.com"),
        .claim("an audience with more behind it", .audience, "aud", "https://ai.azure.com.example.com"),
        .claim("no audience", .audience, "aud", nil),
        .claim("an empty list of audiences", .audience, "aud", []),
        .claim("another tenant", .tenant, "tid", "tenant-2"),
        .claim("no tenant", .tenant, "tid", nil),
        .claim("the tenant in other letters", nil, "tid", "TENANT-1"),
        .claim("no sub, but an oid", nil, "sub", nil),
        .claim("no oid, but a sub", nil, "oid", nil),
        Row("neither sub nor oid", .malformed) { token, _ in (token.claims["sub"], token.claims["oid"]) = (nil, "") },
    ]

    static let times: [Row] = [
        .time("expires in a second", nil, "exp", 1),
        .time("expired now, within the skew", nil, "exp", 0),
        .time("expired within the skew", nil, "exp", -299),
        .time("expired at the skew", .expired, "exp", -300),
        .time("expired long ago", .expired, "exp", -86_400),
        .time("begins at the skew", nil, "nbf", 300),
        .time("begins after the skew", .notYetValid, "nbf", 301),
        .time("made in the future, within the skew", nil, "iat", 300),
        .time("made in the far future", .notYetValid, "iat", 86_400),
        .claim("no beginning", nil, "nbf", nil),
        .claim("no date of making", nil, "iat", nil),
        .claim("no expiry", .malformed, "exp", nil),
        .claim("an expiry with a fraction", nil, "exp", 1_800_000_000.5),
    ]

    @Test(arguments: algorithms + claims + times) func decides(_ row: Row) async throws {
        let bench = try Bench(tenants: ["tenant-1"])
        var token = try bench.token()
        try row.change(&token, bench)
        let refusal = try await bench.refusal(of: token)
        #expect(refusal?.cause == row.cause, "\(refusal?.reason ?? "accepted")")
        guard let refusal else { return }
        #expect(refusal.status == 401 && refusal.code == "401" && refusal.retryAfter == nil)
        #expect(
            refusal.message.hasPrefix(
                "Access denied due to invalid subscription key or wrong API endpoint. The bearer token "))
    }

    /// Nobody is asked for keys because of a token that could not be good whatever the keys are.
    @Test(arguments: [
        ("none", TokenRefusal.Cause.algorithm), ("HS256", .algorithm), ("RS256", .issuer),
    ]) func refusesBeforeAnyKeyIsLookedAt(_ algorithm: String, _ cause: TokenRefusal.Cause) async throws {
        let bench = try Bench()
        var token = try bench.token(nil, algorithm)
        if cause == .issuer { token.claims["iss"] = "https://login.example.com" }
        #expect(try await bench.refusal(of: token)?.cause == cause)
        #expect(bench.fetcher.count == 0)
    }

    @Test func tellsWhoCame() async throws {
        let bench = try Bench()
        let caller = try await bench.verifier.verify(bench.token().signed)
        #expect(
            caller
                == Caller(
                    issuer: bench.server.url, subject: "subject-1", objectID: "object-1", name: "Ada",
                    tenant: "Tenant-1",
                    groups: ["group-1", "group-2"], appRoles: ["Voice.User"], scopes: ["user_impersonation", "other"],
                    expiresAt: TestClock.start + 3600 + TokenIssuer.standardClockSkew, roles: []))
        #expect(caller.principal == "object-1")
    }

    /// A changed token is refused wherever it was changed, and even where Base64 has bits that nothing depends on.
    @Test func refusesWhatWasTamperedWith() async throws {
        let bench = try Bench()
        let parts = try bench.token().parts
        var raised = try bench.token()
        raised.claims["roles"] = ["Voice.Admin"]
        #expect(
            await bench.refusal(of: [parts[0], try raised.parts[1], parts[2]].joined(separator: "."))?.cause
                == .signature)
        for token in [parts, try bench.token(bench.keys[1], "ES256").parts] {
            for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" where last != token[2].last {
                let signature = token[2].dropLast() + String(last)
                let refusal = await bench.refusal(of: "\(token[0]).\(token[1]).\(signature)")
                #expect(refusal?.cause == .signature || refusal?.cause == .malformed)
            }
        }
    }

    /// What a client and a log are told holds neither the token nor what it claimed.
    @Test func repeatsNothingThatWasNotVerified() async throws {
        let bench = try Bench()
        var token = try bench.token(.otherRSA("rsa-1"))
        token.claims["sub"] = "liar"
        token.claims["oid"] = "liar"
        token.claims["name"] = "liar"
        let signed = try token.signed
        let refusal = try #require(await bench.refusal(of: signed))
        #expect(refusal.cause == .signature)
        for text in [refusal.message, refusal.reason] + bench.log.lines {
            #expect(!text.contains("liar"))
            for part in signed.split(separator: ".") { #expect(!text.contains(part)) }
        }
        var stranger = try bench.token()
        stranger.claims["iss"] = "https://liar.example\n<b>"
        let other = try #require(await bench.refusal(of: stranger.signed))
        #expect(!other.message.contains("liar"))
        #expect(other.reason == "no trusted issuer is called \"https://liar.example?<b>\"")
    }
}
