import Foundation
import Testing

@testable import AzureIdentity

struct TokenReplyTests {
    let clock = TestClock()

    @Test(
        arguments: [
            (#"{"access_token":"a","expires_in":60}"#, 60, nil), (#"{"access_token":"a","expires_in":"60"}"#, 60, nil),
            (#"{"access_token":"a","expires_on":1800000090}"#, 90, nil),
            (#"{"access_token":"a","expires_on":"1800000090"}"#, 90, nil),
            (#"{"access_token":"a","expires_in":60,"expires_on":"1800000090"}"#, 60, nil),
            (#"{"access_token":"a","expires_in":"soon","expires_on":1800000090}"#, 90, nil),
            (#"{"access_token":"a","expires_in":86400,"refresh_in":43200}"#, 86400, 43200),
            (#"{"access_token":"a","expires_in":86400,"refresh_in":"43200","error":7}"#, 86400, 43200),
        ] as [(String, TimeInterval, TimeInterval?)])
    func times(json: String, expiry: TimeInterval, refresh: TimeInterval?) async throws {
        let server = try TokenServer(.init(body: json))
        let token = try await EnvironmentCredential(clock.surroundings(principal(server))).token()
        #expect(token.expiresOn == TestClock.start + expiry)
        #expect(token.refreshOn == refresh.map { TestClock.start + $0 })
    }

    @Test(arguments: [
        (#"{"access_token":"tok-en","expires_in":60"#, "40 bytes", "not the JSON of a token"),
        ("", "0 bytes", "not the JSON of a token"), ("[]", "2 bytes", "not the JSON of a token"),
        ("null", "4 bytes", "not the JSON of a token"), ("{}", "JSON", "no usable token"),
        (#"{"access_token":7,"expires_in":60}"#, "JSON", "no usable token"),
        (#"{"access_token":"","expires_in":60}"#, "JSON", "no usable token"),
        (#"{"access_token":"tok-en\r\nX: y","expires_in":60}"#, "JSON", "no usable token"),
        (#"{"access_token":"tok-en"}"#, "JSON", "no usable expiry"),
        (#"{"access_token":"tok-en","expires_in":-1}"#, "JSON", "no usable expiry"),
        (#"{"access_token":"tok-en","expires_in":"nan"}"#, "JSON", "no usable expiry"),
        (#"{"access_token":"tok-en","expires_on":1e99}"#, "JSON", "no usable expiry"),
        (#"{"access_token":"tok-en","expires_on":"inf"}"#, "JSON", "no usable expiry"),
    ])
    func whatIsNoToken(body: String, size: String, words: String) async throws {
        let server = try TokenServer(.init(body: body))
        let error = await failure { try await EnvironmentCredential(clock.surroundings(principal(server))).token() }
        #expect(error?.code == .invalidResponse)
        #expect(error?.message.contains(size) == true, "\(error?.message ?? "no error")")
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
        #expect(error?.message.contains("tok-en") == false)
    }

    @Test(arguments: [200, 502])
    func aPageInsteadOfJSON(status: Int) async throws {
        let page = TokenServer.Reply(
            status: status, headers: ["Content-Type: text/html; charset=utf-8"], body: "<html>Sign in</html>")
        let server = try TokenServer(page)
        let error = await failure { try await EnvironmentCredential(clock.surroundings(principal(server))).token() }
        #expect(error?.code == (status == 200 ? .invalidResponse : .refused))
        #expect(error?.message.contains("answered HTTP \(status)") == true)
        #expect(error?.message.contains("(text/html)") == (status == 200))
        #expect(error?.message.contains("Sign in") == false)
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let other = try TokenServer(.token("stolen"))
        let server = try TokenServer(.init(status: 307, headers: ["Location: \(other.url)/x"]))
        let error = await failure { try await EnvironmentCredential(clock.surroundings(principal(server))).token() }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("HTTP 307, a redirect, which is not followed") == true)
        #expect(other.requests.isEmpty)
    }

    @Test func anEndlessAnswerIsCutOff() async throws {
        let server = try TokenServer(.init(body: String(repeating: " ", count: HTTPClient.limit + 1)))
        let error = await failure { try await EnvironmentCredential(clock.surroundings(principal(server))).token() }
        #expect(error?.code == .invalidResponse)
        #expect(error?.message.contains("answered with more than 1 MiB") == true)
    }

    @Test func aLongAnswerWithinTheLimitIsRead() async throws {
        let padding = String(repeating: " ", count: HTTPClient.limit - 100)
        let server = try TokenServer(.init(body: padding + #"{"access_token":"a","expires_in":60}"#))
        let token = try await EnvironmentCredential(clock.surroundings(principal(server))).token()
        #expect(token.value == "a")
    }
}
