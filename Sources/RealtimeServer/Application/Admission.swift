import HTTPTypes

extension HandshakePolicy {
    /// Who an HTTP request comes from, or its refusal in the form of its path's service.
    func admit(_ request: HTTPRequest, for permission: Role.Permission = .inference) async
        -> Result<Identity, HTTPRefusal>
    {
        let target = RequestTarget(request.path ?? "")
        let credential = Handshake.Credential(request.headerFields, target, [])
        var caller: Result<Caller, TokenRefusal>?
        if let token = token(of: credential) { caller = await tokens?.verified(token) }
        return identify(
            credential, caller, for: permission, operation: "\(request.method.rawValue) \(target.path.prefix(200))"
        ).mapError { target.path.hasPrefix("/v1/") ? $0.openAI : $0.azure }
    }

    /// The refusal of an HTTP request; `nil` if it is admitted.
    func refusal(of request: HTTPRequest, for permission: Role.Permission = .inference) async -> HTTPRefusal? {
        if case .failure(let refusal) = await admit(request, for: permission) { refusal } else { nil }
    }
}
