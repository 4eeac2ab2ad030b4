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
    private let currentRules: @Sendable () -> AccessRules

    /// - Parameters:
    ///   - keys: asked anew for each handshake, as they may change.
    ///   - deployments: asked anew, too.
    ///   - rules: asked anew, too.
    init(
        keys: @autoclosure @escaping @Sendable () -> APIKeys, secrets: ClientSecrets = ClientSecrets(),
        deployments: @autoclosure @escaping @Sendable () -> Deployments,
        rules: @autoclosure @escaping @Sendable () -> AccessRules = AccessRules()
    ) {
        currentKeys = keys
        self.secrets = secrets
        currentDeployments = deployments
        currentRules = rules
    }

    /// Those there are now.
    var keys: APIKeys { currentKeys() }

    /// Those there are now.
    var deployments: Deployments { currentDeployments() }

    /// Those there are now.
    var rules: AccessRules { currentRules() }

    /// Tells who comes with a token; `nil` where none is accepted.
    var tokens: (any TokenVerifying)? { rules.tokens }

    /// The refusal of a request whose host or origin is not answered.
    func originRefusal(of request: HTTPRequest) -> HTTPRefusal? {
        rules.origins.refusal(of: request, isOpen: keys.isOpen)
    }

    /// An accepted handshake and the fields of the 101 response, or why not.
    ///
    /// - Parameter caller: who comes with the token, if there is one (``token(of:)``).
    func decide(
        _ request: HTTPRequest, caller: Result<Caller, TokenRefusal>? = nil
    ) -> Result<Handshake, Refusal> {
        if let refusal = originRefusal(of: request) { return .failure(.http(refusal)) }
        guard var handshake = Handshake(request) else {
            let path = RequestTarget(request.path ?? "").path
            return .failure(.http(.unknownURL(method: request.method.rawValue, path: path)))
        }
        switch identify(handshake.credential, caller, for: .inference, operation: "GET \(handshake.route.path)") {
        case .success(let identity): handshake.identity = identity
        case .failure(let problem):
            return .failure(handshake.route == .openAI ? .openThenRefuse(problem.opened) : .http(problem.azure))
        }
        // A client secret that was made for a model need not name it again.
        if handshake.namesNothing { handshake.model = handshake.secret?.model }
        if let refusal = parameterRefusal(handshake, request) ?? modelRefusal(handshake) {
            return .failure(refusal)
        }
        handshake.deployment = handshake.model.flatMap { deployments[$0] }
        return .success(handshake)
    }

    /// The token to be verified before a request is decided about; `nil` if there is none.
    func token(of credential: Handshake.Credential?) -> String? {
        guard tokens != nil, let credential, credential.mayBeToken, keys.find(credential.value) == nil else {
            return nil
        }
        return credential.value
    }

    /// Who shows a credential, and whether they may do this.
    ///
    /// - Parameters:
    ///   - caller: who comes with the token, if it is one.
    ///   - operation: the request's method and path.
    func identify(
        _ credential: Handshake.Credential?, _ caller: Result<Caller, TokenRefusal>?, for permission: Role.Permission,
        operation: String
    ) -> Result<Identity, CredentialProblem> {
        if let caller {
            switch caller {
            case .failure(let refusal): return .failure(.token(refusal))
            case .success(let caller):
                return caller.refusal(of: permission, operation: operation).map { .failure(.token($0)) }
                    ?? .success(.caller(caller))
            }
        }
        let keys = keys
        if let key = credential.flatMap({ keys.find($0.value) }) {
            // As on Azure: where there are tokens, with roles, a key is for sessions.
            guard permission == .inference || tokens == nil else {
                return .failure(.token(.keyCannotManage(operation)))
            }
            return .success(.key(key))
        }
        if permission == .inference, let secret = credential.flatMap({ secrets.find($0.value) }),
            isGood(secret.issuer)
        {
            return .success(.secret(secret))
        }
        guard let value = credential?.value else { return keys.isOpen ? .success(.anybody) : .failure(.missing) }
        // One that has expired opens nothing, not even where no key is needed: it would be taken for another session.
        guard keys.isOpen, !value.hasPrefix(ClientSecrets.prefix) else {
            return .failure(.wrong(masked: APIKeys.masked(value)))
        }
        return .success(.anybody)
    }

    /// Whether whoever made a client secret may still do so.
    private func isGood(_ issuer: Identity) -> Bool {
        if case .key(let key) = issuer { keys.contains(key) } else { true }
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
