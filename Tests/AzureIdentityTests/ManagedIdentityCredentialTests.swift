import Foundation
import Testing

@testable import AzureIdentity

struct ManagedIdentityCredentialTests {
    let clock = TestClock()

    /// What the metadata service says to a request without its header.
    private let probed = TokenServer.Reply.error(400, "invalid_request", "Required metadata header not specified")

    private func instance(_ server: TokenServer, clientID: String? = nil, probe: Duration? = nil)
        -> ManagedIdentityCredential
    {
        ManagedIdentityCredential(
            clientID: clientID, probeTimeout: probe,
            clock.surroundings(["AZURE_POD_IDENTITY_AUTHORITY_HOST": server.url]))
    }

    @Test func theMetadataServiceIsProbedAndAsked() async throws {
        let body = #"{"access_token":"abc","expires_in":"3599","expires_on":"1800003599","resource":"x"}"#
        let server = try TokenServer(probed, .init(body: body))
        let credential = instance(server, probe: .seconds(5))
        let token = try await credential.token()
        #expect(token == AccessToken(value: "abc", expiresOn: TestClock.start + 3599))
        #expect(server.requests.map { $0.headers["metadata"] } == [nil, "true"])
        for request in server.requests {
            #expect(request.method == "GET")
            #expect(request.path == "/metadata/identity/oauth2/token")
            #expect(
                request.query == [
                    "api-version": "2018-02-01", "resource": "https://cognitiveservices.azure.com",
                ])
        }
        clock.advance(by: 3400)
        _ = try await credential.token()
        #expect(server.requests.count == 3, "an answer to the probe is remembered")
    }

    @Test func aUserAssignedIdentityIsAskedForByItsClientID() async throws {
        let server = try TokenServer(.token("abc"))
        _ = try await instance(server, clientID: "11-22").token()
        #expect(server.requests.map { $0.query["client_id"] } == ["11-22"])
    }

    @Test func aLongTokenIsReplacedAfterHalfItsLife() async throws {
        let server = try TokenServer(.token("abc", expiresIn: 86400))
        let token = try await instance(server).token()
        #expect(token.refreshOn == TestClock.start + 43200)
    }

    @Test(arguments: [
        (404, [0.8, 1.6, 3.2, 6.4, 12.8]), (429, [0.8, 1.6, 3.2, 6.4, 12.8]), (500, [0.8, 1.6, 3.2, 6.4, 12.8]),
        (410, [3, 6, 12, 24, 48]), (401, []),
    ])
    func transientAnswersAreRepeated(status: Int, pauses: [Double]) async throws {
        let server = try TokenServer(.error(status, "later"))
        let error = await failure { try await instance(server).token() }
        #expect(error?.code == .refused)
        #expect(error?.refusal?.status == status)
        #expect(clock.pauses == pauses)
        #expect(server.requests.count == pauses.count + 1)
    }

    @Test func theLastTryCounts() async throws {
        let later = TokenServer.Reply.error(404)
        let server = try TokenServer(later, later, later, later, later, .token("abc"))
        #expect(try await instance(server).token().value == "abc")
    }

    @Test(arguments: [
        (nil, "no identity is assigned to this machine (Identity not found)"),
        ("11-22", "the identity 11-22 is not assigned to this machine (Identity not found)"),
    ])
    func aMachineWithoutAnIdentity(clientID: String?, words: String) async throws {
        let server = try TokenServer(.error(400, "invalid_request", "Identity not found"))
        let error = await failure { try await instance(server, clientID: clientID).token() }
        #expect(error?.code == .unavailable)
        #expect(error?.message == words)
    }

    @Test(arguments: [
        TokenServer.Reply(headers: ["Content-Type: text/html"], body: "<p>Welcome"),
        TokenServer.Reply(
            status: 403, body: #"{"message":"connecting to 169.254.169.254:80: A socket operation was unreachable"}"#),
    ])
    func anImpostorIsNoMetadataService(reply: TokenServer.Reply) async throws {
        let server = try TokenServer(reply)
        let error = await failure { try await instance(server).token() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.hasPrefix("no managed identity here: \(server.url) answered HTTP") == true)
    }

    @Test func aSilentNetworkIsGivenUpSoonAndProbedAgainLater() async throws {
        var silent = probed
        silent.delay = 30
        let server = try TokenServer(silent, probed, .token("abc"))
        let credential = instance(server, probe: .milliseconds(500))
        let start = ContinuousClock.now
        let error = await failure { try await credential.token() }
        #expect(ContinuousClock.now - start < .seconds(20))
        #expect(error?.code == .unavailable)
        #expect(
            error?.message
                == "no managed identity here: the instance metadata service at \(server.url) did not answer within 0.5 s"
        )
        #expect(try await credential.token().value == "abc")
        #expect(server.requests.map { $0.headers["metadata"] } == [nil, nil, "true"])
    }

    @Test(arguments: [[], ["a", "b"]])
    func oneScopeAtATime(scopes: [String]) async throws {
        let server = try TokenServer(.token("abc"))
        let error = await failure { try await instance(server).token(for: scopes) }
        #expect(error?.code == .invalidConfiguration)
        #expect(server.requests.isEmpty)
    }

    // MARK: App Service

    private func appService(_ server: TokenServer) -> [String: String] {
        ["IDENTITY_ENDPOINT": server.url + "/msi/token?a=b", "IDENTITY_HEADER": "local-secret"]
    }

    @Test func appServiceIsAskedWithItsHeader() async throws {
        let server = try TokenServer(.init(body: #"{"access_token":"abc","expires_on":"1800003600"}"#))
        let credential = ManagedIdentityCredential(clientID: "11-22", clock.surroundings(appService(server)))
        #expect(try await credential.token() == AccessToken(value: "abc", expiresOn: TestClock.start + 3600))
        let request = try #require(server.requests.first)
        #expect(server.requests.count == 1, "App Service is not probed")
        #expect(request.path == "/msi/token")
        #expect(
            request.query == [
                "a": "b", "api-version": "2019-08-01", "resource": "https://cognitiveservices.azure.com",
                "client_id": "11-22",
            ])
        #expect(request.headers["x-identity-header"] == "local-secret")
        #expect(request.headers["metadata"] == nil)
    }

    @Test func aRefusalOfAppServiceStopsAChainAndHidesTheHeader() async throws {
        let server = try TokenServer(.init(status: 400, body: #"{"statusCode":400,"message":"bad local-secret"}"#))
        let credential = ManagedIdentityCredential(clientID: nil, clock.surroundings(appService(server)))
        let error = try #require(await failure { try await credential.token() })
        #expect(error.code == .refused)
        #expect(error.message.hasSuffix("answered HTTP 400: bad (hidden)"))
        #expect(!everything(of: error).contains("local-secret"))
        #expect(!everything(of: credential).contains("local-secret"))
    }

    @Test(arguments: [
        (["IDENTITY_ENDPOINT": "http://x", "IMDS_ENDPOINT": "http://y"], "Azure Arc"),
        (
            ["IDENTITY_ENDPOINT": "http://x", "IDENTITY_HEADER": "h", "IDENTITY_SERVER_THUMBPRINT": "t"],
            "Service Fabric"
        ), (["MSI_ENDPOINT": "http://x"], "Cloud Shell"),
    ])
    func otherHostsAreNamed(environment: [String: String], words: String) async {
        let credential = ManagedIdentityCredential(clientID: nil, clock.surroundings(environment))
        let error = await failure { try await credential.token() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains(words) == true)
        #expect(error?.message.contains("not supported here") == true)
    }

    @Test(arguments: [
        (["IDENTITY_ENDPOINT": "nowhere", "IDENTITY_HEADER": "h"], "IDENTITY_ENDPOINT is no http"),
        (["IDENTITY_ENDPOINT": "http://x", "IDENTITY_HEADER": "h\r\nA: b"], "IDENTITY_HEADER holds what"),
        (["AZURE_POD_IDENTITY_AUTHORITY_HOST": "file:///etc"], "AZURE_POD_IDENTITY_AUTHORITY_HOST is no http"),
    ])
    func aSettingThatCannotBeUsed(environment: [String: String], words: String) async {
        let credential = ManagedIdentityCredential(clientID: nil, clock.surroundings(environment))
        let error = await failure { try await credential.token() }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(words) == true)
    }
}
