import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// How a credential asks an HTTP endpoint for a token and reads what it answers.
struct TokenEndpoint: Sendable {
    /// Who asks, for the errors.
    let credential: String
    let url: URL
    let retries: RetrySchedule
    let surroundings: Surroundings

    /// How long one try may take.
    static let patience = Duration.seconds(30)

    /// As it stands in messages.
    var place: String {
        let port = url.port.map { ":\($0)" } ?? ""
        return "\(url.scheme ?? "https")://\(url.host ?? "")\(port)"
    }

    /// The fields as a query, which adds to what the URL has of one.
    func get(_ fields: FormFields, headers: [String: String] = [:]) -> URLRequest {
        var parts = URLComponents(url: url, resolvingAgainstBaseURL: false)
        let query = [parts?.percentEncodedQuery ?? "", fields.encoded].filter { !$0.isEmpty }.joined(separator: "&")
        parts?.percentEncodedQuery = query
        var request = URLRequest(url: parts?.url ?? url)
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        return request
    }

    /// The fields as a form.
    func post(_ fields: FormFields) -> URLRequest {
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data(fields.encoded.utf8)
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        request.setValue("application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        return request
    }

    /// The last answer, after as many tries as the schedule wants.
    func reply(to request: URLRequest) async throws -> HTTPReply {
        var tries = 0
        while true {
            let reply: HTTPReply
            do {
                reply = try await HTTPClient.reply(to: request, within: Self.patience)
            } catch let failure as HTTPFailure {
                throw error(for: failure)
            }
            tries += 1
            let pause = retries.pause(after: tries, status: reply.status, retryAfter: reply.retryAfter)
            guard let pause else { return reply }
            try await surroundings.pause(pause)
        }
    }

    /// The token in an answer.
    ///
    /// - Parameters:
    ///   - secrets: What the request carried and no message may repeat.
    ///   - advice: What a person can do about a refusal: a sentence, or nothing.
    func token(in reply: HTTPReply, hiding secrets: [String], advice: String = "") throws -> AccessToken {
        let content = try? JSONDecoder().decode(TokenReply.self, from: reply.body)
        guard (200..<300).contains(reply.status), content?.token != nil || content?.error == nil else {
            throw refusal(reply, content, hiding: secrets, advice: advice)
        }
        guard let content else {
            let type = reply.contentType.isEmpty ? "no content type" : reply.contentType.quotable(limit: 60)
            throw IdentityError(
                .invalidResponse, credential: credential,
                "\(place) answered HTTP \(reply.status) with \(reply.body.count) bytes (\(type)) that are not the JSON of "
                    + "a token; is a proxy or a sign-in page in between?")
        }
        guard let token = content.accessToken(now: surroundings.now()) else {
            let lack = content.token.map { $0.isVisibleASCII } == true ? "expiry" : "token"
            throw IdentityError(
                .invalidResponse, credential: credential,
                "\(place) answered HTTP \(reply.status) with JSON that has no usable \(lack)")
        }
        return token
    }

    func error(for failure: HTTPFailure) -> IdentityError {
        let code: IdentityError.Code =
            switch failure {
            case .tooLong, .notHTTP: .invalidResponse
            case .timedOut, .transport: .unreachable
            }
        return IdentityError(code, credential: credential, "\(place) \(failure.predicate)", cause: failure)
    }

    private func refusal(
        _ reply: HTTPReply, _ content: TokenReply?, hiding secrets: [String], advice: String
    ) -> IdentityError {
        let refusal = IdentityError.Refusal(
            status: reply.status, code: content?.error?.quotable(hiding: secrets, limit: 60) ?? "",
            description: content?.errorDescription?.quotable(hiding: secrets) ?? "")
        var message = "\(place) answered HTTP \(reply.status)"
        if (300..<400).contains(reply.status) { message += ", a redirect, which is not followed" }
        if !refusal.code.isEmpty { message += " \(refusal.code)" }
        if !refusal.description.isEmpty { message += ": \(refusal.description)" }
        if !advice.isEmpty { message += message.hasSuffix(".") ? " \(advice)" : ". \(advice)" }
        return IdentityError(.refused, credential: credential, message, refusal: refusal)
    }
}
