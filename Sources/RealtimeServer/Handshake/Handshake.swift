/// What a client asked for when it opened a Realtime WebSocket: the request's path, query, header fields and
/// subprotocols, read once (protocol.md A.1 and A.2).
public struct Handshake: Sendable, Hashable {
    /// The form of the URL, which also decides how a handshake is refused (protocol.md A.3).
    public enum Route: Sendable, Hashable, CaseIterable {
        /// `/openai/realtime?api-version=…&deployment=…`
        case azurePreview
        /// `/openai/v1/realtime?model=…`
        case azureGA
        /// `/v1/realtime?model=…`
        case openAI
    }

    /// Which events are spoken (protocol.md G row 1): decided here, never by what the events look like.
    public enum Dialect: Sendable, Hashable {
        /// The preview dialect of Azure's preview path, with its `api-version`, for example `2024-10-01-preview`.
        case preview(apiVersion: String)
        /// The preview dialect, asked for on `/v1/realtime` by a header field or a subprotocol.
        case previewMarked
        /// The dialect of general availability.
        case ga
    }

    /// What the session is for.
    public enum Intent: Sendable, Hashable {
        /// A conversation.
        case conversation
        /// `intent=transcription`: only the user's speech is written down.
        case transcription
    }

    /// A key or token, and where it was found.
    public struct Credential: Sendable, Hashable {
        /// Where a credential was found; the first in this order counts if there are several (protocol.md A.2 rule 4).
        public enum Source: Sendable, Hashable, CaseIterable {
            /// The header field `Authorization: Bearer …`.
            case authorizationHeader
            /// The header field `api-key`.
            case apiKeyHeader
            /// The query's `api-key`.
            case apiKeyQuery
            /// The query's `Authorization=Bearer …`.
            case authorizationQuery
            /// The subprotocol `openai-insecure-api-key.…`.
            case subprotocol
        }

        /// The key or token itself. Never to be logged.
        public var value: String
        /// Where it was found.
        public var source: Source

        /// Whether it has the form of a JSON Web Token, and stands where one may: it has three parts.
        var mayBeToken: Bool {
            source != .apiKeyHeader && source != .apiKeyQuery && value.utf8.count { $0 == UInt8(ascii: ".") } == 2
        }

        /// A credential found at `source`.
        public init(value: String, source: Source) {
            self.value = value
            self.source = source
        }
    }

    /// The form of the URL.
    public var route: Route
    /// Which events are spoken.
    public var dialect: Dialect
    /// The deployment or model as the client named it; `nil` if it named none.
    public var model: String?
    /// What the session is for.
    public var intent: Intent
    /// The live call to join as a controller, `call_id`.
    public var callID: String?
    /// The first credential in the order of ``Credential/Source``.
    public var credential: Credential?
    /// What the model's name stands for; `nil` if none was named.
    public var deployment: Deployment?
    /// Who was let in.
    public var identity = Identity.anybody
    /// `x-ms-client-request-id` of the header or the query: echoed.
    public var requestID: String?
    /// The subprotocols that were offered, in order.
    public var subprotocols: [String]

    /// The client secret by which the client was let in, if it was one.
    public var secret: ClientSecret? {
        if case .secret(let secret) = identity { secret } else { nil }
    }
}

extension Handshake.Credential: CustomStringConvertible {
    /// Where it was found, without the key: descriptions end up in logs.
    public var description: String { "credential from \(source)" }
}
