import HTTPTypes

/// Decides about a handshake: a value without state, so that its rules can be read as a table and tested as one.
///
/// The order of the questions: is the request's origin allowed, is the path a realtime path, is the credential good,
/// are the parameters complete, is the model known (protocol.md A.1 to A.3). Whether there is room for another session
/// comes after all of them and is not asked here.
struct HandshakePolicy: Sendable {
    private let currentKeys: @Sendable () -> APIKeys
    let secrets: ClientSecrets
    private let currentDeployments: @Sendable () -> Deployments

    /// - Parameters:
    ///   - keys: asked anew for each handshake, as they may change.
    ///   - deployments: asked anew, too.
    init(
        keys: @autoclosure @escaping @Sendable () -> APIKeys, secrets: ClientSecrets = ClientSecrets(),
        deployments: @autoclosure @escaping @Sendable () -> Deployments
    ) {
        currentKeys = keys
        self.secrets = secrets
        currentDeployments = deployments
    }

    /// Those there are now.
    var keys: APIKeys { currentKeys() }

    /// Those there are now.
    var deployments: Deployments { currentDeployments() }

    /// An accepted handshake and the fields of the 101 response, or why not.
    func decide(_ request: HTTPRequest) -> Result<Handshake, Refusal> {
        if let refusal = keys.refusal(of: request) { return .failure(.http(refusal)) }
        guard var handshake = Handshake(request) else {
            let path = RequestTarget(request.path ?? "").path
            return .failure(.http(.unknownURL(method: request.method.rawValue, path: path)))
        }
        handshake.secret = handshake.credential.flatMap { secrets.find($0.value) }
        // A client secret that was made for a model need not name it again.
        if handshake.namesNothing { handshake.model = handshake.secret?.model }
        if let refusal = credentialRefusal(handshake) ?? parameterRefusal(handshake, request)
            ?? modelRefusal(handshake)
        {
            return .failure(refusal)
        }
        handshake.deployment = handshake.model.flatMap { deployments[$0] }
        handshake.keyName =
            if let secret = handshake.secret { secret.keyName } else { keys.name(of: handshake.credential?.value) }
        return .success(handshake)
    }

    private func credentialRefusal(_ handshake: Handshake) -> Refusal? {
        guard handshake.secret == nil else { return nil }
        // One that has expired opens nothing, not even where no key is needed: it would be taken for another session.
        let isExpired = handshake.credential?.value.hasPrefix(ClientSecrets.prefix) == true
        guard isExpired || !keys.accept(handshake.credential?.value) else { return nil }
        guard handshake.route == .openAI else {
            return .http(
                .azure(
                    401, code: "401",
                    "Access denied due to invalid subscription key or wrong API endpoint. Give one of the keys this"
                        + " server was started with, as the header api-key or as Authorization: Bearer."))
        }
        guard let key = handshake.credential?.value else {
            return .openThenRefuse(
                OpenedRefusal(
                    code: nil, message: "Missing bearer or basic authentication in header",
                    closeCode: .authenticationFailed))
        }
        return .openThenRefuse(
            OpenedRefusal(
                code: "invalid_api_key",
                message: "Incorrect API key provided: \(APIKeys.masked(key)). Use one of the keys this server was"
                    + " started with.", closeCode: .authenticationFailed))
    }

    private func parameterRefusal(_ handshake: Handshake, _ request: HTTPRequest) -> Refusal? {
        switch handshake.route {
        case .azurePreview:
            guard case .preview(let version) = handshake.dialect, !version.isEmpty else {
                return .http(
                    .azure(
                        400, code: "BadRequest",
                        "The query parameter api-version is missing; give for example"
                            + " api-version=2024-10-01-preview."))
            }
            guard APIVersion.dialect(of: version) != nil else {
                return .http(
                    .azure(
                        404, code: "404",
                        "Resource not found: the api-version '\(version.prefix(100))' is not known. This server knows:"
                            + " \(APIVersion.list)."))
            }
            // Transcription names its deployment in the session (protocol.md C).
            guard handshake.model != nil || handshake.intent == .transcription else {
                return .http(
                    .azure(
                        400, code: "BadRequest",
                        "The query parameter deployment is missing; give for example"
                            + " deployment=\(deployments.standard)."))
            }
        case .azureGA:
            if RequestTarget(request.path ?? "").contains("api-version") {
                return .http(
                    .azure(
                        400, code: "BadRequest",
                        "The query parameter api-version must not be given on /openai/v1/realtime; leave it out, or use"
                            + " /openai/realtime for the preview API."))
            }
            guard handshake.namesOneTarget else {
                return .http(.azure(400, code: "BadRequest", oneTargetMessage))
            }
        case .openAI:
            if !handshake.namesATarget {
                return .openThenRefuse(
                    OpenedRefusal(
                        code: "missing_model",
                        message: "You must provide a model parameter, for example"
                            + " ws://\(request.authority ?? "localhost:8080")/v1/realtime?model=\(deployments.standard)",
                        closeCode: .badParameters))
            }
            guard handshake.namesOneTarget else {
                return .openThenRefuse(OpenedRefusal(code: nil, message: oneTargetMessage, closeCode: .badParameters))
            }
        }
        return nil
    }

    private func modelRefusal(_ handshake: Handshake) -> Refusal? {
        guard let model = handshake.model, deployments[model] == nil else { return nil }
        guard handshake.route == .openAI else {
            return .http(
                .azure(
                    404, code: "DeploymentNotFound",
                    "The API deployment for this resource does not exist. This server has: \(deployments.list). Give"
                        + " one of them, or start the server with --accept-any-model."))
        }
        return .openThenRefuse(
            OpenedRefusal(
                code: "invalid_model",
                message: "Model \"\(model.prefix(100))\" is not supported in realtime mode. This server has:"
                    + " \(deployments.list). Give one of them, or start the server with --accept-any-model.",
                closeCode: .badParameters))
    }

    private var oneTargetMessage: String {
        "Exactly one of the query parameters model, call_id and intent=transcription is needed; for example"
            + " model=\(deployments.standard)."
    }
}

extension Handshake {
    fileprivate var namesNothing: Bool { model == nil && callID == nil && intent == .conversation }

    fileprivate var namesATarget: Bool { model != nil || callID != nil || intent == .transcription }

    /// A model beside `intent=transcription` does no harm: it is what some clients send.
    fileprivate var namesOneTarget: Bool {
        callID == nil ? namesATarget : model == nil && intent == .conversation
    }

    /// The header fields of the 101 response.
    var responseFields: HTTPFields {
        var fields = HTTPFields()
        fields[.secWebSocketProtocol] = answeredSubprotocol
        fields[.clientRequestID] = requestID
        return fields
    }

    /// A browser fails the handshake if it offered subprotocols and got none back; a key is never sent back
    /// (protocol.md A.2 rules 1 and 2).
    private var answeredSubprotocol: String? {
        if subprotocols.contains("realtime") { return "realtime" }
        let secrets = [Credential.subprotocolPrefix, "openai-organization.", "openai-project."]
        // Byte by byte: to `hasPrefix`, a prefix whose last character carries an accent is another.
        return subprotocols.first { offer in !secrets.contains { offer.utf8.starts(with: $0.utf8) } }
    }
}
