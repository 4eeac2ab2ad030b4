import Foundation
import Testing

@testable import AzureIdentity

struct WorkloadIdentityCredentialTests {
    let clock = TestClock()
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func environment(_ server: TokenServer) -> [String: String] {
        [
            "AZURE_TENANT_ID": "contoso", "AZURE_CLIENT_ID": "my-pod", "AZURE_AUTHORITY_HOST": server.url,
            "AZURE_FEDERATED_TOKEN_FILE": folder.path + "/token",
        ]
    }

    @Test func theServiceAccountsTokenIsTradedAndReadAnewEachTime() async throws {
        let server = try TokenServer(.token("abc", expiresIn: 3600))
        let credential = WorkloadIdentityCredential(clock.surroundings(environment(server)))
        try folder.write("first.jwt\n", to: "token")
        #expect(try await credential.token().value == "abc")
        try folder.write("second.jwt", to: "token")
        clock.advance(by: 3400)
        _ = try await credential.token()
        #expect(server.requests.map { $0.form["client_assertion"] } == ["first.jwt", "second.jwt"])
        let request = try #require(server.requests.first)
        #expect(request.path == "/contoso/oauth2/v2.0/token")
        #expect(request.form["grant_type"] == "client_credentials")
        #expect(request.form["client_id"] == "my-pod")
        #expect(request.form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        #expect(request.form["client_secret"] == nil)
    }

    @Test func argumentsGoBeforeTheEnvironment() async throws {
        let server = try TokenServer(.token("abc"))
        try folder.write("mine.jwt", to: "mine")
        let credential = WorkloadIdentityCredential(
            tenantID: "fabrikam", clientID: "other", tokenFile: folder.path + "/mine", environment: environment(server))
        _ = try await credential.token()
        #expect(server.requests.first?.path == "/fabrikam/oauth2/v2.0/token")
        #expect(server.requests.first?.form["client_id"] == "other")
        #expect(server.requests.first?.form["client_assertion"] == "mine.jwt")
    }

    @Test func whatIsMissingIsNamed() async {
        let error = await failure {
            try await WorkloadIdentityCredential(environment: ["AZURE_TENANT_ID": "t", "AZURE_CLIENT_ID": "c"]).token()
        }
        #expect(error?.code == .unavailable)
        #expect(error?.description == "WorkloadIdentityCredential: AZURE_FEDERATED_TOKEN_FILE is not set")
    }

    @Test(arguments: [
        (nil, "cannot be read"), ("", "holds no token"), ("two words", "holds no token"),
        (String(repeating: "x", count: 70_000), "holds no token"),
    ])
    func aFileThatIsNoToken(content: String?, words: String) async throws {
        let server = try TokenServer(.token("abc"))
        if let content { try folder.write(content, to: "token") }
        let credential = WorkloadIdentityCredential(clock.surroundings(environment(server)))
        let error = await failure { try await credential.token() }
        #expect(error?.code == .invalidConfiguration)
        #expect(
            error?.message == "the file \(folder.path)/token of AZURE_FEDERATED_TOKEN_FILE \(words)")
        #expect(server.requests.isEmpty)
    }

    @Test func aRefusalDoesNotRepeatTheAssertion() async throws {
        try folder.write("secret.jwt", to: "token")
        let server = try TokenServer(.error(400, "invalid_request", "AADSTS70021: no match for secret.jwt"))
        let credential = WorkloadIdentityCredential(clock.surroundings(environment(server)))
        let error = try #require(await failure { try await credential.token() })
        #expect(error.code == .refused)
        #expect(error.message.contains("no match for (hidden). Check the federated credential"))
        #expect(!everything(of: error).contains("secret.jwt"))
    }
}
