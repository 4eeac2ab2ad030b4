/// Where remote engines are, and how one is let in: an OpenAI-style address, like `https://api.openai.com/v1`,
/// `http://127.0.0.1:8000/v1` of vLLM or llama.cpp's server, or `https://RESOURCE.openai.azure.com/openai/v1`.
public struct RemoteEndpoint: Hashable, Sendable {
    /// What one shows to be let in.
    public enum Credential: Hashable, Sendable {
        /// Nothing is asked for.
        case none
        /// `Authorization: Bearer …`
        case bearer(String)
        /// `api-key: …`, as Azure has it.
        case apiKey(String)
    }

    /// The address below which `chat/completions` and the others lie, without a slash at its end.
    public var url: String
    /// What is shown.
    public var credential: Credential
    /// How long the first piece of an answer may take to come. Somebody is waiting for it.
    public var patience: Duration
    /// How long the next piece may take once there was one.
    public var silence: Duration
    /// How often it is tried again, while nothing has come yet.
    public var retries: Int

    /// An endpoint.
    public init(
        url: String, credential: Credential = .none, patience: Duration = .seconds(10),
        silence: Duration = .seconds(20), retries: Int = 1
    ) {
        self.url = url.hasSuffix("/") ? String(url.dropLast()) : url
        self.credential = credential
        self.patience = patience
        self.silence = silence
        self.retries = retries
    }

    var fields: [(name: String, value: String)] {
        switch credential {
        case .none: []
        case .bearer(let token): [("authorization", "Bearer \(token)")]
        case .apiKey(let key): [("api-key", key)]
        }
    }
}
