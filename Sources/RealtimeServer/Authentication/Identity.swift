/// Who a request comes from, as far as it has shown.
public enum Identity: Sendable, Hashable {
    /// Nobody need show anything.
    case anybody
    /// Somebody with an API key.
    case key(APIKeys.Key)
    /// Somebody with a client secret.
    indirect case secret(ClientSecret)
    /// Somebody with a token.
    case caller(Caller)

    /// What sessions and usage are counted by: the name of a key, or the id by which Azure would name a caller. A client
    /// secret counts as whoever it was made for.
    public var account: String {
        switch self {
        case .anybody: "none"
        case .key(let key): key.name
        case .secret(let secret): secret.issuer.account
        case .caller(let caller): caller.principal
        }
    }
}

extension Identity: CustomStringConvertible {
    /// What it is called in a log: never a key, a secret or a token.
    public var description: String {
        switch self {
        case .anybody: "anybody"
        case .key(let key): "key \(key.name)"
        case .secret(let secret): "client secret of \(secret.issuer)"
        case .caller(let caller): "\(caller.name) (\(caller.principal.forLog))"
        }
    }
}

/// Why what a request showed does not suffice.
enum CredentialProblem: Error, Sendable, Hashable {
    /// It showed nothing.
    case missing
    /// A key that is none, here with its middle hidden.
    case wrong(masked: String)
    /// A token that opens nothing, or not this.
    case token(TokenRefusal)
}

extension CredentialProblem {
    /// The refusal on Azure's paths, and by HTTP anywhere but under `/v1/` (protocol.md A.3).
    var azure: HTTPRefusal {
        switch self {
        case .missing, .wrong:
            .azure(
                401, code: "401",
                "Access denied due to invalid subscription key or wrong API endpoint. Give one of the keys this server"
                    + " was started with, as the header api-key or as Authorization: Bearer.")
        case .token(let refusal):
            .azure(refusal.status, code: refusal.code, refusal.message, fields: refusal.fields, reason: refusal.reason)
        }
    }

    /// The refusal by HTTP under `/v1/`.
    var openAI: HTTPRefusal {
        switch self {
        case .missing:
            .openAI(
                401, code: "invalid_api_key",
                "You didn't provide an API key. Give it in the header as Authorization: Bearer.")
        case .wrong(let masked): .openAI(401, code: "invalid_api_key", Self.wrongKey(masked))
        case .token(let refusal):
            .openAI(
                refusal.status, code: refusal.openAICode, refusal.explanation, fields: refusal.fields,
                reason: refusal.reason)
        }
    }

    /// The refusal on an open socket of `/v1/realtime`.
    var opened: OpenedRefusal {
        switch self {
        case .missing:
            OpenedRefusal(
                code: nil, message: "Missing bearer or basic authentication in header", closeCode: .authenticationFailed
            )
        case .wrong(let masked):
            OpenedRefusal(
                code: "invalid_api_key", message: Self.wrongKey(masked), closeCode: .authenticationFailed)
        case .token(let refusal) where refusal.cause == .unreachable:
            OpenedRefusal(
                type: "server_error", code: refusal.openAICode, message: refusal.explanation, closeCode: .tryAgainLater,
                reason: refusal.reason)
        case .token(let refusal):
            OpenedRefusal(
                code: refusal.openAICode, message: refusal.explanation, closeCode: .authenticationFailed,
                reason: refusal.reason)
        }
    }

    private static func wrongKey(_ masked: String) -> String {
        "Incorrect API key provided: \(masked). Use one of the keys this server was started with."
    }
}

extension TokenRefusal {
    fileprivate var fields: [HTTPRefusal.Field] {
        switch status {
        case 401: [.init(name: "WWW-Authenticate", value: #"Bearer error="invalid_token""#)]
        default: retryAfter.map { [.init(name: "Retry-After", value: "\($0)")] } ?? []
        }
    }

    fileprivate var openAICode: String {
        switch cause {
        case .role: "insufficient_permissions"
        case .unreachable: "not_ready"
        default: "invalid_api_key"
        }
    }
}
