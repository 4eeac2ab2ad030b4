import Foundation
import Testing

@testable import AzureIdentity

#if os(macOS) || os(Linux)
struct DefaultAzureCredentialTests {
    let clock = TestClock()
    let folder: TemporaryFolder
    /// Every credential is set up and would serve with a token of its own.
    let authority: TokenServer
    let metadata: TokenServer

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(
            "#!/bin/sh\necho '{\"accessToken\":\"az\",\"expires_on\":1800003600}'\n", to: "az", mode: 0o755)
        try folder.write("jwt", to: "jwt")
        authority = try TokenServer(.token("entra"))
        metadata = try TokenServer(.token("metadata"))
    }

    private var everything: [String: String] {
        principal(authority).merging([
            "AZURE_FEDERATED_TOKEN_FILE": folder.path + "/jwt", "PATH": folder.path,
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": metadata.url,
        ]) { $1 }
    }

    /// Everything but `variables`.
    private func without(_ variables: String...) -> [String: String] {
        everything.filter { !variables.contains($0.key) }
    }

    @Test func theOrder() async throws {
        func token(_ environment: [String: String]) async throws -> String {
            try await DefaultAzureCredential(clock.surroundings(environment)).token().value
        }
        #expect(try await token(everything) == "entra")
        #expect(authority.requests.last?.form["client_secret"] == "hush-hush")
        #expect(try await token(without("AZURE_CLIENT_SECRET")) == "entra")
        #expect(authority.requests.last?.form["client_assertion"] == "jwt")
        #expect(metadata.requests.isEmpty)
        #expect(try await token(without("AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE")) == "metadata")
        #expect(metadata.requests.last?.query["client_id"] == "my-app", "AZURE_CLIENT_ID names the identity")
        let nowhere = try TokenServer(.init(status: 400))
        var environment = without("AZURE_CLIENT_SECRET", "AZURE_FEDERATED_TOKEN_FILE")
        environment["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = nowhere.url
        #expect(try await token(environment) == "az")
    }

    @Test(arguments: [
        ("prod", "entra"), ("dev", "az"), ("EnvironmentCredential", "entra"), ("managedidentitycredential", "metadata"),
        ("WorkloadIdentityCredential", "entra"), ("AzureCliCredential", "az"), (" DEV ", "az"), ("", "entra"),
    ])
    func theListNarrowed(wish: String, expected: String) async throws {
        var environment = everything
        environment["AZURE_TOKEN_CREDENTIALS"] = wish
        let token = try await DefaultAzureCredential(clock.surroundings(environment)).token()
        #expect(token.value == expected)
        #expect(metadata.requests.count == (expected == "metadata" ? 1 : 0), "asked for by name, it is not probed")
        let provedByFile = authority.requests.last?.form["client_assertion"] != nil
        #expect(provedByFile == wish.hasPrefix("Workload"))
    }

    @Test func prodAsksNoDeveloperTool() async throws {
        let (listener, port) = try Socket.listen(backlog: 0)
        defer { Socket.close(listener) }
        let environment = [
            "PATH": folder.path, "AZURE_TOKEN_CREDENTIALS": "prod",
            "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:\(port)",
        ]
        let error = await failure { try await DefaultAzureCredential(clock.surroundings(environment)).token() }
        #expect(
            error?.attempts.map(\.credential) == [
                "EnvironmentCredential", "WorkloadIdentityCredential", "ManagedIdentityCredential",
            ])
    }

    @Test func aNameThatIsNotHere() async {
        let environment = ["AZURE_TOKEN_CREDENTIALS": "AzurePowerShellCredential"]
        let error = await failure { try await DefaultAzureCredential(clock.surroundings(environment)).token() }
        #expect(error?.code == .invalidConfiguration)
        #expect(
            error?.description
                == "DefaultAzureCredential: AZURE_TOKEN_CREDENTIALS is \"azurepowershellcredential\", which names no "
                + "credential here; leave it unset, or choose one of prod, dev, EnvironmentCredential, "
                + "WorkloadIdentityCredential, ManagedIdentityCredential and AzureCLICredential")
    }

    @Test func aWrongSecretIsNotHiddenByAnotherIdentity() async throws {
        let strict = try TokenServer(.error(401, "invalid_client", "AADSTS7000215"))
        var environment = everything
        environment["AZURE_AUTHORITY_HOST"] = strict.url
        let error = await failure { try await DefaultAzureCredential(clock.surroundings(environment)).token() }
        #expect(error?.code == .refused)
        #expect(error?.refusal?.code == "invalid_client")
        #expect(error?.attempts.count == 1)
        #expect(metadata.requests.isEmpty)
    }

    @Test func whyNobodyServed() async throws {
        let empty = try TokenServer(.error(400, "invalid_request", "Identity not found"))
        try folder.write("#!/bin/sh\necho 'ERROR: AADSTS500011: nothing' >&2; exit 1\n", to: "az", mode: 0o755)
        let environment = ["PATH": folder.path, "AZURE_POD_IDENTITY_AUTHORITY_HOST": empty.url]
        let error = await failure { try await DefaultAzureCredential(clock.surroundings(environment)).token() }
        #expect(error?.code == .unavailable, "a developer's tool that fails does not stop the chain")
        #expect(
            error?.description == """
                DefaultAzureCredential: no credential could give a token:
                  - EnvironmentCredential: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET are not set
                  - WorkloadIdentityCredential: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE are not set
                  - ManagedIdentityCredential: no identity is assigned to this machine (Identity not found)
                  - AzureCLICredential: az ended with status 1: ERROR: AADSTS500011: nothing
                To mend it, set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, enable workload identity for \
                this pod, assign a managed identity to this machine, or install the Azure CLI and run az login.
                """)
    }

    @Test func noPrintoutHoldsASecret() {
        let credential = DefaultAzureCredential(clock.surroundings(everything))
        #expect(!AzureIdentityTests.everything(of: credential).contains("hush-hush"))
    }
}
#endif
