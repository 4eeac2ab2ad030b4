import RealtimeProtocol

/// What can be set (protocol.md B.4–B.7).
extension Session {
    /// All of it or nothing: a patch with one wrong field changes nothing.
    mutating func apply(_ patch: SessionPatch, into effects: inout [Effect]) throws(RealtimeError) {
        if let type = patch.type, type != configuration.type {
            throw .invalidRequest(
                "Passing a \(type.rawValue) session update event to a \(configuration.type.rawValue) session is not allowed.",
                code: nil)
        }
        try check(patch)
        var changed = configuration
        changed.outputModalities = patch.outputModalities ?? changed.outputModalities
        changed.instructions = patch.instructions ?? changed.instructions
        changed.tools = patch.tools ?? changed.tools
        changed.toolChoice = patch.toolChoice ?? changed.toolChoice
        changed.maxOutputTokens = patch.maxOutputTokens ?? changed.maxOutputTokens
        patch.tracing.apply(to: &changed.tracing)
        changed.truncation = patch.truncation ?? changed.truncation
        changed.parallelToolCalls = patch.parallelToolCalls ?? changed.parallelToolCalls
        changed.reasoning = patch.reasoning ?? changed.reasoning
        patch.prompt.apply(to: &changed.prompt)
        patch.include.apply(to: &changed.include)
        if let temperature = patch.temperature {
            try check(temperature: temperature, at: "session.temperature")
            changed.temperature = temperature
        }
        if let input = patch.audio?.input { try apply(input, to: &changed.audio.input) }
        if let output = patch.audio?.output { try apply(output, to: &changed.audio.output) }
        let before = configuration.audio.input
        configuration = changed
        if before.format != changed.audio.input.format || before.turnDetection != changed.audio.input.turnDetection {
            adoptTurnDetection(before.turnDetection)
        }
        send(.sessionUpdated(SessionEvent(session: configuration)), into: &effects)
        settleOwedAnswer(into: &effects)
    }

    private func apply(
        _ patch: SessionPatch.Input, to input: inout SessionConfiguration.Input
    ) throws(RealtimeError) {
        input.format = patch.format ?? input.format
        if case .value(let transcription) = patch.transcription, let language = transcription.language,
            !rules.languages.isEmpty, !rules.languages.contains(language)
        {
            throw .invalidValue("session.audio.input.transcription.language", got: language, supported: rules.languages)
        }
        patch.transcription.apply(to: &input.transcription)
        patch.noiseReduction.apply(to: &input.noiseReduction)
        patch.turnDetection.apply(to: &input.turnDetection)
    }

    private func apply(
        _ patch: SessionPatch.Output, to output: inout SessionConfiguration.Output
    ) throws(RealtimeError) {
        output.format = patch.format ?? output.format
        if let voice = patch.voice {
            output.voice = try known(voice: voice.name, at: "session.audio.output.voice")
        }
        if let speed = patch.speed {
            guard (0.25...1.5).contains(speed) else {
                throw .outOfRange("session.audio.output.speed", speed, 0.25...1.5)
            }
            output.speed = speed
        }
    }

    /// What is well-formed and yet cannot be set.
    private func check(_ patch: SessionPatch) throws(RealtimeError) {
        if configuration.type == .transcription, dialect.name == .ga, let path = patch.conversational {
            throw .unknownParameter("session.\(path)")
        }
        if case .value(let tracing) = patch.tracing, let own = configuration.tracing, tracing != own {
            throw .invalidRequest(
                "Tracing cannot be changed once it is set, only switched off.", code: "invalid_value",
                param: "session.tracing")
        }
        if let tools = patch.tools { try check(tools, patch.toolChoice ?? configuration.toolChoice, in: "session") }
    }

    func check(_ tools: [Tool], _ choice: ToolChoice, in parent: String) throws(RealtimeError) {
        let remedy = "Declare a function and call the MCP server in your client."
        if let index = tools.firstIndex(where: { if case .mcp = $0 { true } else { false } }) {
            throw .unsupported("An MCP server as a tool", remedy, param: "\(parent).tools[\(index)].type")
        }
        if case .mcp = choice { throw .unsupported("An MCP server as a tool", remedy, param: "\(parent).tool_choice") }
    }

    func check(temperature: Double, at path: String) throws(RealtimeError) {
        guard (0.6...1.2).contains(temperature) else { throw .outOfRange(path, temperature, 0.6...1.2) }
    }

    /// The name that a voice bears in the dialect. GA takes any. The preview keeps to its eight names and those that this
    /// server really has (protocol.md G, row 11); the names that came with GA, with which some clients begin everywhere,
    /// stand for its first, for an old client dies of them (E.2 row 2).
    func known(voice: String, at path: String) throws(RealtimeError) -> String {
        guard dialect.name != .ga else { return voice }
        let known = ["alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse"] + rules.voices
        if known.contains(voice) { return voice }
        guard ["marin", "cedar"].contains(voice) else { throw .invalidValue(path, got: voice, supported: known) }
        return known[0]
    }
}

extension SessionPatch {
    /// The first setting of answers that it names: a transcription session gives none.
    fileprivate var conversational: String? {
        let settings: [(String, Bool)] = [
            ("output_modalities", outputModalities != nil), ("instructions", instructions != nil),
            ("tools", tools != nil), ("tool_choice", toolChoice != nil),
            ("max_output_tokens", maxOutputTokens != nil), ("truncation", truncation != nil),
            ("audio.output", audio?.output != nil), ("temperature", temperature != nil),
        ]
        return settings.first(where: \.1)?.0
    }
}
