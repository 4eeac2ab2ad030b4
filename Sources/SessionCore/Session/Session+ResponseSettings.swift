import RealtimeProtocol

/// What a `response.create` may ask for (protocol.md B.10).
extension Session {
    func settings(for request: ResponseParameters) throws(RealtimeError) -> OpenResponse.Settings {
        if let temperature = request.temperature { try check(temperature: temperature, at: "response.temperature") }
        var voice = configuration.audio.output.voice
        if let wish = request.audio?.output?.voice {
            voice = try known(voice: wish.name, at: "response.audio.output.voice")
        }
        if let metadata = request.metadata { try check(metadata: metadata) }
        try check(request.tools ?? [], request.toolChoice ?? .auto, in: "response")
        let output = configuration.audio.output
        return OpenResponse.Settings(
            modality: (request.outputModalities ?? configuration.outputModalities).contains(.audio) ? .audio : .text,
            instructions: request.instructions ?? configuration.instructions,
            tools: request.tools ?? configuration.tools, toolChoice: request.toolChoice ?? configuration.toolChoice,
            temperature: request.temperature ?? configuration.temperature ?? 0.8,
            maxTokens: request.maxOutputTokens ?? configuration.maxOutputTokens,
            voice: voice, speed: output.speed,
            format: request.audio?.output?.format ?? output.format, metadata: request.metadata)
    }

    private func check(metadata: JSONValue) throws(RealtimeError) {
        guard let members = metadata.object?.members else {
            throw .invalidRequest(
                "Invalid type for 'response.metadata': expected an object.", code: "invalid_type",
                param: "response.metadata")
        }
        guard members.count <= 16 else {
            throw .invalidRequest(
                "Invalid 'response.metadata': too many pairs. Expected at most 16, but got \(members.count) instead.",
                code: "object_above_max_properties", param: "response.metadata")
        }
        for member in members {
            let path = "response.metadata.\(member.name)"
            guard member.name.count <= 64 else { throw .tooLong("response.metadata", member.name.count, most: 64) }
            guard let value = member.value.string else {
                throw .invalidRequest(
                    "Invalid type for '\(path)': expected a string.", code: "invalid_type", param: path)
            }
            guard value.count <= 512 else { throw .tooLong(path, value.count, most: 512) }
        }
    }
}
