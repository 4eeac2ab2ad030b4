import RealtimeProtocol
import SpeechEngines

/// When a response begins and ends (protocol.md B.9, B.10, G.2). There is one place for each.
extension Session {
    /// The response that belongs to the conversation, while it is being made.
    var active: OpenResponse? { responses.first(where: \.isInConversation) }

    /// The one place where a response is made, but for one that has been prepared.
    mutating func respond(
        _ request: ResponseParameters, automatically isAutomatic: Bool, afterSilence followsSilence: Bool = false,
        into effects: inout [Effect]
    ) throws(RealtimeError) {
        guard configuration.type == .realtime else {
            throw .invalidRequest(
                "A transcription session gives no answers: it writes down what is said. Use a session of type "
                    + "'realtime' for answers.", code: "invalid_value", param: "type")
        }
        let isInConversation = request.conversation != ResponseParameters.Conversation.none
        if isInConversation, let active {
            if active.hasOnlyItsEndBeforeIt, heldRequest == nil {
                _ = try settings(for: request)  // what is wrong with it is said now
                heldRequest = request
                return
            }
            throw .invalidRequest(
                "Conversation already has an active response in progress: \(active.id). "
                    + "Wait until the response is finished before creating a new one.",
                code: "conversation_already_has_active_response")
        }
        let settings = try settings(for: request)
        if let input = request.input { try check(input) }
        var response = OpenResponse(
            id: ResponseID(rawValue: ids.next("resp_")), isInConversation: isInConversation, isAutomatic: isAutomatic,
            settings: settings)
        response.followsSilence = followsSilence
        response.input = request.input.map { entries(for: $0, into: &effects) }
        begin(response, into: &effects)
        startWaiting(into: &effects)
    }

    /// Tells of a response, from where on all that is made for it is told too.
    mutating func begin(_ response: OpenResponse, into effects: inout [Effect]) {
        responses.append(response)
        if response.isInConversation { answerIsOwed = false }  // one answer for all that was said
        send(.responseCreated(ResponseEvent(response: shown(response, .inProgress))), into: &effects)
    }

    /// The one place where a response ends, so that each ends once and with all it opened closed.
    mutating func finish(_ id: ResponseID, _ outcome: OpenResponse.Outcome, into effects: inout [Effect]) {
        guard let index = responses.firstIndex(where: { $0.id == id }) else { return }
        effects.append(.cancel(id))
        closeItem(of: index, outcome == .completed ? .completed : .incomplete, into: &effects)
        let response = responses.remove(at: index)
        var final = shown(response, outcome.status)
        final.statusDetails = outcome.details
        final.output = response.output.map(\.item)
        if outcome.status != .failed {
            final.usage = response.usage
            if let left = allowance?.remaining { allowance?.remaining = max(0, left - response.usage.totalTokens) }
        }
        send(.responseDone(ResponseEvent(response: final)), into: &effects)
        sendRateLimits(into: &effects)
        guard response.isInConversation else { return }
        if case .cancelled = outcome { turn.quietSince = heard.end } else { noteEnd(of: response) }
        if let request = heldRequest {
            heldRequest = nil
            if case .cancelled = outcome { return settleOwedAnswer(into: &effects) }  // nobody wants to hear it now
            do throws(RealtimeError) {
                try respond(request, automatically: false, into: &effects)
            } catch {
                send(error, into: &effects)
            }
        }
        settleOwedAnswer(into: &effects)
    }

    /// Gives the answer that is owed, unless something is being said: then it follows that.
    mutating func settleOwedAnswer(into effects: inout [Effect]) {
        guard answerIsOwed, active == nil, turn.utterance == nil else { return }
        respondToTurn(into: &effects)
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
            // Ending one response may have started another.
            guard let index = responses.firstIndex(where: { $0.id == response.id }), responses[index].isWaiting else {
                continue
            }
            responses[index].isWaiting = false
            let wasAnythingSaid = wasAnythingSaid
            if response.isInConversation { unanswered = [] }
            if response.isAutomatic, !response.followsSilence, !wasAnythingSaid {
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
        let pending = items.filter { $0.understood == nil }
        guard let input = response.input else { return pending.isEmpty }
        let ids = Set(pending.map(\.id))
        return !input.contains { $0.understood == nil || ids.contains($0.id) }
    }

    /// Whether there is a word in the turns that wait for an answer.
    private var wasAnythingSaid: Bool {
        items.contains { unanswered.contains($0.id) && message(for: $0) != nil }
    }

    mutating func generate(_ index: Int, into effects: inout [Effect]) {
        var response = responses[index]
        let request = request(for: &response, adding: [])
        responses[index] = response
        effects.append(.generate(response.id, request))
    }

    /// What engines are asked for.
    ///
    /// - Parameter more: what the conversation does not hold yet.
    mutating func request(for response: inout OpenResponse, adding more: [PromptMessage]) -> Cascade.Request {
        let prompt = prompt(for: response, adding: more)
        response.heardMs = heardMs(in: response)
        response.promptTokens = prompt.messages.count * 8  // until the engine has counted
        let settings = response.settings
        return Cascade.Request(
            prompt: prompt,
            options: GenerationOptions(
                maxTokens: settings.mostTokens, maxHistoryTokens: configuration.truncation.historyLimit,
                temperature: settings.temperature, seed: ids.seed()),
            speech: settings.modality == .audio
                ? .init(voice: settings.voice, speed: settings.speed, sampleRate: settings.format.sampleRate) : nil)
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
        let limits = names.map { name in
            // Without a limit there is always more than anybody can use.
            if name == "tokens", let allowance { return allowance }
            return RateLimit(name: name, limit: 1_000_000, remaining: 1_000_000, resetSeconds: 0)
        }
        send(.rateLimitsUpdated(RateLimits(rateLimits: limits)), into: &effects)
    }
}

extension Truncation {
    /// The most tokens of messages, if the client has set any.
    fileprivate var historyLimit: Int? { if case .retentionRatio(_, let limit) = self { limit } else { nil } }
}
