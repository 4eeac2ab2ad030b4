import AzureIdentity
public import Foundation

/// Which service to talk to and how to be let in, by the names of the quickstarts.
///
/// | name | what |
/// |---|---|
/// | `AZURE_OPENAI_ENDPOINT` | the resource, like `https://example.openai.azure.com` |
/// | `AZURE_OPENAI_DEPLOYMENT_NAME` | the deployment |
/// | `OPENAI_API_VERSION` | a preview's version; without it, GA |
/// | `AZURE_OPENAI_API_KEY` | the key; without it, sign-in is keyless, by `DefaultAzureCredential` |
/// | `OPENAI_API_KEY` | the key of OpenAI, or of a server at `OPENAI_BASE_URL` |
/// | `OPENAI_BASE_URL` | OpenAI's, or a server's that stands in its place |
/// | `OPENAI_MODEL` | the model; `gpt-realtime` without it |
///
/// Azure is taken if its endpoint is set, else OpenAI. A file `.env` in the working directory is read too; what stands in
/// the environment counts more.
public struct RealtimeSettings: Sendable {
    /// The service.
    public let service: RealtimeService
    /// How to be let in.
    public let credential: Credential
    /// Where the credential came from, and what else would have been possible, in words for a person.
    public let signIn: String

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - environment: the environment; the process's by default.
    ///   - file: a file of further settings, which may be missing; `nil` for none.
    /// - Throws: ``ClientError`` with ``ClientError/Code/invalidSettings``, which names what is missing.
    public init(
        environment: [String: String] = ProcessInfo.processInfo.environment, file: String? = ".env"
    ) throws {
        var values: [String: String] = [:]
        if let file, let data = FileManager.default.contents(atPath: file) {
            values = try DotEnv.parse(String(decoding: data, as: UTF8.self), name: file)
        }
        values.merge(environment) { $1 }
        func value(_ name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

        if let endpoint = value("AZURE_OPENAI_ENDPOINT") {
            guard let deployment = value("AZURE_OPENAI_DEPLOYMENT_NAME") else {
                throw ClientError(
                    .invalidSettings,
                    "AZURE_OPENAI_ENDPOINT is set, and AZURE_OPENAI_DEPLOYMENT_NAME is not. Set it to the name of your "
                        + "deployment.")
            }
            service = .azure(endpoint: endpoint, deployment: deployment, apiVersion: value("OPENAI_API_VERSION"))
            let isKeyless = ["AZURE_CLIENT_ID", "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT"].contains {
                value($0) != nil
            }
            if let key = value("AZURE_OPENAI_API_KEY") {
                credential = .key(key)
                signIn =
                    "Signed in with the key in AZURE_OPENAI_API_KEY."
                    + (isKeyless ? " Unset it to sign in without a key, for which the environment is set up too." : "")
            } else {
                credential = .token(DefaultAzureCredential(environment: values))
                signIn = "Signed in without a key, by DefaultAzureCredential: AZURE_OPENAI_API_KEY is not set."
            }
        } else if value("OPENAI_API_KEY") != nil || value("OPENAI_BASE_URL") != nil {
            service = .openAI(
                model: value("OPENAI_MODEL") ?? "gpt-realtime",
                endpoint: value("OPENAI_BASE_URL") ?? "https://api.openai.com")
            credential = value("OPENAI_API_KEY").map { .key($0) } ?? .none
            signIn =
                value("OPENAI_API_KEY") == nil
                ? "Nothing to sign in with: OPENAI_API_KEY is not set." : "Signed in with the key in OPENAI_API_KEY."
        } else {
            throw ClientError(
                .invalidSettings,
                "No service is named. Set AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME, or OPENAI_API_KEY; for "
                    + "a server of your own, OPENAI_BASE_URL=http://localhost:8080/v1.")
        }
    }
}
