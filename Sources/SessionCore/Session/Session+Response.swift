import RealtimeProtocol
import SpeechEngines

/// When a response begins and ends (protocol.md B.9, B.10, G.2). There is one place for each.
extension Session {
    /// The response that belongs to the conversation, while it is being made.
    var active: OpenResponse? { responses.first(where: \.isInConversation) }

    /// The one place where a response begins.
    mutating func respond(
        _ request: ResponseParameters, automatically isAutomatic: Bool, into effects: inout [Effect]
    ) throws(RealtimeError) {
        let isInConversation = request.conversation != ResponseParameters.Conversation.none
        if isInConversation, let active {
            throw .invalidRequest(
                "Conversation already has an active response in progress: \(active.id). "
                    + "Wait until the response is finished before creating a new one.",
                code: "conversation_already_has_active_response")
        }
        let settings = try settings(for: request)
        if let input = request.input { try check(input) }
        let response = OpenResponse(
            id: ResponseID(rawValue: ids.next("resp_")), isInConversation: isInConversation, isAutomatic: isAutomatic,
            settings: settings, input: request.input)
        responses.append(response)
        send(.responseCreated(ResponseEvent(response: shown(response, .inProgress))), into: &effects)
        startWaiting(into: &effects)
    }

    /// The one place where a response ends, so that each ends once and with all it opened closed.
    mutating func finish(_ id: ResponseID, _ outcome: OpenResponse.Outcome, into effects: inout [Effect]) {
        guard let index = responses.firstIndex(where: { $0.id == id }) else { return }
        effects.append(.cancel(id))
        closeMessage(of: index, outcome == .completed ? .completed : .incomplete, into: &effects)
        let response = responses.remove(at: index)
        var final = shown(response, outcome.status)
        final.statusDetails = outcome.details
        final.output = response.output.map(\.item)
        if outcome.status != .failed { final.usage = response.usage }
        send(.responseDone(ResponseEvent(response: final)), into: &effects)
        sendRateLimits(into: &effects)
        if response.isInConversation, answerIsOwed {
            answerIsOwed = false
            respondToTurn(into: &effects)
        }
    }

    /// A turn has ended. If something is still being said that may not be interrupted, the answer follows it.
    mutating func respondToTurn(into effects: inout [Effect]) {
        guard active == nil else { return answerIsOwed = true }
        do throws(RealtimeError) {
            try respond(ResponseParameters(), automatically: true, into: &effects)
        } catch {
            send(error, into: &effects)
        }
    }

    mutating func cancel(_ id: ResponseID?, into effects: inout [Effect]) throws(RealtimeError) {
        guard let response = id.map({ id in responses.first { $0.id == id } }) ?? active else {
            throw .invalidRequest("Cancellation failed: no active response found", code: "response_cancel_not_active")
        }
        finish(response.id, .cancelled(reason: "client_cancelled"), into: &effects)
    }

    // MARK: Waiting until everything is understood

    /// Starts the responses that have all they need.
    mutating func startWaiting(into effects: inout [Effect]) {
        for response in responses where response.isWaiting && isUnderstood(response) {
            guard let index = responses.firstIndex(where: { $0.id == response.id }) else { continue }
            responses[index].isWaiting = false
            if response.isAutomatic, !wasAnythingSaid {
                finish(response.id, .completed, into: &effects)  // a cough is no question (protocol.md G, row 45)
            } else {
                generate(index, into: &effects)
            }
        }
    }

    mutating func failWaiting(_ outcome: OpenResponse.Outcome, into effects: inout [Effect]) {
        for response in responses where response.isWaiting && isUnderstood(response) {
            finish(response.id, outcome, into: &effects)
        }
    }

    private func isUnderstood(_ response: OpenResponse) -> Bool {
        guard let input = response.input else { return !items.contains { $0.understood == nil } }
        return !input.contains { input in
            guard case .reference(let id) = input else { return false }
            return items.contains { $0.id == id && $0.understood == nil }
        }
    }

    /// Whether there is a word in what the user said since the last answer.
    private var wasAnythingSaid: Bool {
        let latest = items.reversed().prefix { if case .message(.user, _) = $0.item.body { true } else { false } }
        return latest.contains { message(for: $0) != nil }
    }

    mutating func generate(_ index: Int, into effects: inout [Effect]) {
        var response = responses[index]
        let prompt = prompt(for: response, adding: [])
        response.heardMs = heardMs(in: response)
        response.promptTokens = prompt.messages.count * 8  // until the engine has counted
        responses[index] = response
        let settings = response.settings
        effects.append(
            .generate(
                response.id,
                Cascade.Request(
                    prompt: prompt,
                    options: GenerationOptions(
                        maxTokens: settings.maxTokens.count, temperature: settings.temperature,
                        seed: ids.seed()),
                    speech: settings.modality == .audio
                        ? .init(voice: settings.voice, speed: settings.speed, sampleRate: settings.format.sampleRate)
                        : nil)))
    }

    // MARK: What events show

    func shown(_ response: OpenResponse, _ status: Response.Status) -> Response {
        Response(
            id: response.id, status: status, conversationID: response.isInConversation ? conversationID : nil,
            outputModalities: [response.settings.modality], maxOutputTokens: response.settings.maxTokens,
            format: response.settings.format, voice: response.settings.voice, metadata: response.settings.metadata,
            temperature: dialect.name == .ga ? nil : response.settings.temperature)
    }

    private mutating func sendRateLimits(into effects: inout [Effect]) {
        let names = dialect.name == .ga ? ["tokens"] : ["requests", "tokens"]
        let limits = names.map { RateLimit(name: $0, limit: 1_000_000, remaining: 1_000_000, resetSeconds: 0) }
        send(.rateLimitsUpdated(RateLimits(rateLimits: limits)), into: &effects)
    }
}
