import Foundation
import Testing

@testable import AzureIdentity

struct EnvironmentCredentialTests {
    let clock = TestClock()

    @Test func aSecretIsTradedForAToken() async throws {
        let server = try TokenServer(.token("abc"))
        let token = try await EnvironmentCredential(
            clock.surroundings(principal(server, secret: "s&c=r t+é"))
        ).token()
        #expect(token == AccessToken(value: "abc", expiresOn: TestClock.start + 3600))
        let request = try #require(server.requests.first)
        #expect(request.method == "POST")
        #expect(request.path == "/contoso/oauth2/v2.0/token")
        #expect(request.headers["content-type"] == "application/x-www-form-urlencoded")
        #expect(
            request.form == [
                "grant_type": "client_credentials", "client_id": "my-app", "client_secret": "s&c=r t+é",
                "scope": "https://cognitiveservices.azure.com/.default",
            ])
    }

    @Test func severalScopesAreAskedForTogether() async throws {
        let server = try TokenServer(.token("abc"))
        _ = try await EnvironmentCredential(clock.surroundings(principal(server))).token(for: ["a/.default", "b"])
        #expect(server.requests.first?.form["scope"] == "a/.default b")
    }

    @Test(arguments: [
        ([:], "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not set"),
        (["AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"], "AZURE_CLIENT_SECRET is not set"),
        (
            ["AZURE_TENANT_ID": "", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s"],
            "AZURE_TENANT_ID is not set"
        ), (["AZURE_USERNAME": "u"], "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not set"),
    ])
    func whatIsMissingIsNamed(environment: [String: String], words: String) async {
        let error = await failure { try await EnvironmentCredential(clock.surroundings(environment)).token() }
        #expect(error?.code == .unavailable)
        #expect(error?.description == "EnvironmentCredential: \(words)")
    }

    @Test(arguments: [
        (["AZURE_CLIENT_CERTIFICATE_PATH": "/x.pem"], "a certificate (AZURE_CLIENT_CERTIFICATE_PATH) is not supported"),
        (["AZURE_USERNAME": "u", "AZURE_PASSWORD": "p"], "a user's name and password (AZURE_USERNAME"),
    ])
    func whatIsNotSupportedStopsAChain(more: [String: String], words: String) async {
        let base = ["AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"]
        let credential = EnvironmentCredential(clock.surroundings(base.merging(more) { $1 }))
        let error = await failure { try await credential.token() }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
    }

    @Test(arguments: [("", "/contoso"), ("/", "/contoso"), ("/adfs", "/adfs/contoso"), ("/adfs/", "/adfs/contoso")])
    func anAuthorityMayHaveAPath(path: String, expected: String) async throws {
        let server = try TokenServer(.token("abc"))
        var environment = principal(server)
        environment["AZURE_AUTHORITY_HOST"] = server.url + path
        _ = try await EnvironmentCredential(clock.surroundings(environment)).token()
        #expect(server.requests.first?.path == expected + "/oauth2/v2.0/token")
    }

    @Test(arguments: [
        "http://login.example.com", "ftp://127.0.0.1", "https://", "https://me:pass@host", "not a host",
        "https://host/?a=b",
    ])
    func aSecretTravelsOnlyOverTLS(authority: String) async {
        let environment = [
            "AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s",
            "AZURE_AUTHORITY_HOST": authority,
        ]
        let error = await failure { try await EnvironmentCredential(clock.surroundings(environment)).token() }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains("AZURE_AUTHORITY_HOST is no https URL") == true)
    }

    @Test(arguments: ["../x", "a b", "a/b", "-t", "é"])
    func aTenantIsAWord(tenant: String) async throws {
        let server = try TokenServer(.token("abc"))
        var environment = principal(server)
        environment["AZURE_TENANT_ID"] = tenant
        let error = await failure { try await EnvironmentCredential(clock.surroundings(environment)).token() }
        #expect(error?.code == .invalidConfiguration)
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: [[], ["a b"], ["-x"], ["a\r\nb"], [""], ["good", "b;d"]])
    func aScopeIsAWord(scopes: [String]) async throws {
        let server = try TokenServer(.token("abc"))
        let credential = EnvironmentCredential(clock.surroundings(principal(server)))
        let error = await failure { try await credential.token(for: scopes) }
        #expect(error?.code == .invalidConfiguration)
        #expect(server.requests.isEmpty)
    }

    @Test func anErrorOfTheAuthorityIsPassedOn() async throws {
        let words = #"AADSTS7000215: Invalid client secret provided.\r\nTrace ID: 0f"#
        let server = try TokenServer(.error(401, "invalid_client", words))
        let error = await failure { try await EnvironmentCredential(clock.surroundings(principal(server))).token() }
        #expect(error?.code == .refused)
        #expect(
            error?.refusal
                == .init(
                    status: 401, code: "invalid_client",
                    description: "AADSTS7000215: Invalid client secret provided. Trace ID: 0f"))
        #expect(
            error?.description
                == "EnvironmentCredential: \(server.url) answered HTTP 401 invalid_client: AADSTS7000215: Invalid client "
                + "secret provided. Trace ID: 0f. Check AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.")
        #expect(server.requests.count == 1, "a refusal is not repeated")
    }

    @Test func noPrintoutHoldsASecret() async throws {
        let server = try TokenServer(.error(400, "hush-hush", "you sent hush-hush"), .token("tok-en"))
        let credential = EnvironmentCredential(clock.surroundings(principal(server)))
        let error = try #require(await failure { try await credential.token() })
        #expect(error.message.contains("you sent (hidden)"))
        #expect(!everything(of: error).contains("hush-hush"))
        let token = try await credential.token()
        #expect(token.value == "tok-en")
        #expect(!everything(of: credential).contains("hush-hush"))
        #expect(!everything(of: token).contains("tok-en"))
        #expect(everything(of: Optional(token) as Any).contains("expires 2027"))
    }

    @Test func anAuthorityOutOfBreathIsAskedAgain() async throws {
        let busy = TokenServer.Reply(status: 429, headers: ["Retry-After: 7"])
        let server = try TokenServer(.error(503), busy, .token("abc"))
        let token = try await EnvironmentCredential(clock.surroundings(principal(server))).token()
        #expect(token.value == "abc")
        #expect(clock.pauses == [0.8, 7])
    }

    @Test func nobodyThere() async throws {
        let (listener, port) = try Socket.listen(backlog: 0)
        defer { Socket.close(listener) }
        var environment = ["AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c", "AZURE_CLIENT_SECRET": "s"]
        environment["AZURE_AUTHORITY_HOST"] = "http://127.0.0.1:\(port)"
        let error = await failure { try await EnvironmentCredential(clock.surroundings(environment)).token() }
        #expect(error?.code == .unreachable)
        #expect(error?.message.contains("http://127.0.0.1:\(port) refused the connection") == true)
    }
}
