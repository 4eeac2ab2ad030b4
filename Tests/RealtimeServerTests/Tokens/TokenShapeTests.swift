import Foundation
import Testing

@testable import RealtimeServer

/// Tokens that are none, or say things in a wrong form.
@Suite struct TokenShapeTests {
    @Test(
        arguments: [
            ("iss", 7), ("iss", nil), ("sub", 7), ("sub", ["a"]), ("oid", ["x": 1]), ("aud", 7), ("aud", [7]),
            ("aud", ["https://ai.azure.com", .null]), ("exp", "1900000000"), ("exp", true), ("exp", nil), ("exp", -1),
            ("exp", 1e300), ("exp", [1]), ("nbf", "0"), ("nbf", 1e19), ("iat", "0"), ("iat", -1e300), ("tid", 7),
            ("groups", 7), ("groups", [["a"]]), ("groups", ["a": "b"]), ("roles", [true]), ("scp", 7), ("name", 7),
        ] as [(String, JSON?)]) func refusesWrongTypes(_ claim: String, _ value: JSON?) async throws
    {
        let bench = try Bench()
        var token = try bench.token()
        token.claims[claim] = value ?? .null
        let refusal = try await bench.refusal(of: token)
        #expect(refusal?.cause == .malformed)
        #expect(refusal?.reason.contains(claim) == true)
    }

    @Test func acceptsOneTextForAListOfOne() async throws {
        let bench = try Bench()
        var token = try bench.token()
        (token.claims["groups"], token.claims["roles"], token.claims["scp"]) = ("g", "r", ["s t", "u"])
        let caller = try await bench.verifier.verify(token.signed)
        #expect(caller.groups == ["g"] && caller.appRoles == ["r"] && caller.scopes == ["s", "t", "u"])
    }

    @Test(arguments: [
        "", ".", "..", "...", "a", "a.b", "a.b.c", "e30.e30.", "e30.e30.e30", "é.é.é", "\u{0}.\u{0}.\u{0}",
        String(repeating: ".", count: 16 << 10), "Bearer a.b.c", "eyJhbGciOiJSUzI1NiJ9.e30.AA",
        "eyJhbGciOiJSUzI1NiJ9..AA", "eyJhbGciOiJSUzI1NiJ9.bnVsbA.AA", "eyJhbGciOiJSUzI1NiJ9=.e30=.AA==",
    ]) func refusesWhatIsNoToken(_ text: String) async throws {
        #expect(await (try Bench()).refusal(of: text)?.cause == .malformed)
    }

    @Test func refusesNestingThatWouldExhaustTheStack() async throws {
        let deep = String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000)
        let good = try Bench().token().parts
        for (header, claims) in [(#"{"alg":"RS256","x":\#(deep)}"#, nil), (deep, nil), (nil, #"{"aud":\#(deep)}"#)] {
            let header = header.map { Data($0.utf8).base64URL } ?? good[0]
            let claims = claims.map { Data($0.utf8).base64URL } ?? good[1]
            #expect(await (try Bench()).refusal(of: "\(header).\(claims).AA")?.cause == .malformed)
        }
    }

    @Test func refusesATokenThatIsTooLong() async throws {
        let bench = try Bench()
        var token = try bench.token()
        token.claims["x"] = .text(String(repeating: "x", count: 10_000))
        #expect(try await bench.refusal(of: token) == nil)
        token.claims["x"] = .text(String(repeating: "x", count: 13_000))
        #expect(try await bench.refusal(of: token)?.cause == .tooLong)
        #expect(await bench.refusal(of: String(repeating: "x", count: 10 << 20))?.cause == .tooLong)
    }

    @Test(arguments: [("a.b.c", true), ("", false), ("sk-abc", false), ("a.b", false), ("a.b.c.d", false)])
    func tellsATokenFromAKey(_ credential: String, _ isToken: Bool) {
        #expect(Handshake.Credential(value: credential, source: .authorizationHeader).mayBeToken == isToken)
    }

    @Test(
        arguments: [
            ("", []), ("AA", [0]), ("-_8", [0xFB, 0xFF]), ("AAAA", [0, 0, 0]), ("A", nil), ("AB", nil), ("AA==", nil),
            ("+/8", nil), ("A A", nil), ("AAB", nil), ("AAAAA", nil),
        ] as [(String, [UInt8]?)]) func readsBase64URL(_ text: String, _ bytes: [UInt8]?)
    {
        #expect(Base64URL.decode(text.utf8) == bytes)
    }

    @Test func readsEveryBase64URL() {
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255) }
            #expect(Base64URL.decode(Data(bytes).base64URL.utf8) == bytes)
        }
    }
}
