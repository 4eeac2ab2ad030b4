/// The preview dialect: a table of names, and one reshaping function each way.
extension Dialect {
    /// Server events that have another name in the preview.
    static let previewTypes: [ServerEvent.Kind: String] = [
        .conversationItemAdded: "conversation.item.created",
        .responseOutputTextDelta: "response.text.delta",
        .responseOutputTextDone: "response.text.done",
        .responseOutputAudioTranscriptDelta: "response.audio_transcript.delta",
        .responseOutputAudioTranscriptDone: "response.audio_transcript.done",
        .responseOutputAudioDelta: "response.audio.delta",
        .responseOutputAudioDone: "response.audio.done",
    ]

    /// Events that clients know from documents only, or of sessions that this server does not hold.
    static let neverSent: Set<ServerEvent.Kind> = [
        .conversationCreated, .sessionInputTranscriptDelta, .sessionOutputTranscriptDelta, .sessionOutputAudioDelta,
        .sessionClosed,
    ]

    /// Events that came after the preview.
    static let gaOnly: Set<ServerEvent.Kind> = [
        .conversationItemDone, .inputAudioBufferTimeoutTriggered, .inputAudioBufferDTMFEventReceived,
    ]

    /// The first version's closed list: Microsoft's client hangs up on anything else (protocol.md E.1). An item is
    /// retrieved only by a client that knows the answer.
    static let october2024: Set<ServerEvent.Kind> = [
        .error, .sessionCreated, .sessionUpdated, .inputAudioBufferCommitted, .inputAudioBufferCleared,
        .inputAudioBufferSpeechStarted, .inputAudioBufferSpeechStopped, .conversationItemAdded,
        .conversationItemTruncated, .conversationItemDeleted, .inputAudioTranscriptionCompleted,
        .inputAudioTranscriptionFailed, .responseCreated, .responseDone, .responseOutputItemAdded,
        .responseOutputItemDone, .responseContentPartAdded, .responseContentPartDone, .responseOutputTextDelta,
        .responseOutputTextDone, .responseOutputAudioTranscriptDelta, .responseOutputAudioTranscriptDone,
        .responseOutputAudioDelta, .responseOutputAudioDone, .responseFunctionCallArgumentsDelta,
        .responseFunctionCallArgumentsDone, .rateLimitsUpdated, .conversationItemRetrieved,
    ]

    /// Where GA's settings stand in the preview's flat session; used both ways, and for the places in errors.
    static let settings: [(ga: [String], preview: String)] = [
        (["output_modalities"], "modalities"),
        (["audio", "output", "voice"], "voice"),
        (["audio", "output", "speed"], "speed"),
        (["audio", "input", "format"], "input_audio_format"),
        (["audio", "output", "format"], "output_audio_format"),
        (["audio", "input", "transcription"], "input_audio_transcription"),
        (["audio", "input", "noise_reduction"], "input_audio_noise_reduction"),
        (["audio", "input", "turn_detection"], "turn_detection"),
        (["max_output_tokens"], "max_response_output_tokens"),
    ]

    static let formats = [
        "pcm16": JSONValue.object(["type": "audio/pcm", "rate": 24000]),
        "g711_ulaw": .object(["type": "audio/pcmu"]),
        "g711_alaw": .object(["type": "audio/pcma"]),
    ]

    // MARK: What comes in

    /// Gives a client's event the shape of GA. What has that shape already is let be.
    mutating func reshapeToGA(_ event: inout JSONValue) throws(RealtimeError) {
        if event["type"] == "transcription_session.update" {
            event.withObject { event in event["session"]?.withObject { $0["type"] = "transcription" } }
        }
        for parent in ["session", "response"] {
            guard case .object(var settings)? = event[parent] else { continue }
            for (ga, preview) in Self.settings {
                guard var value = settings.take(preview) else { continue }
                switch preview {
                case "modalities":
                    try check(modalities: value, at: "\(parent).modalities", either: [["text"], ["audio", "text"]])
                    if let names = value.array, names.contains("audio") { value = ["audio"] }
                case "input_audio_format", "output_audio_format":
                    value = try formatForGA(value, at: "\(parent).\(preview)")
                case "turn_detection": value = turnDetectionForGA(value)
                default: break
                }
                // Null stands for "not said" but where it turns something off (protocol.md B.7, rule 2).
                let nullMatters = ["input_audio_transcription", "input_audio_noise_reduction", "turn_detection"]
                if value == .null, !nullMatters.contains(preview) { continue }
                settings.set(value, at: ga[...])
            }
            event.withObject { $0[parent] = .object(settings) }
        }
    }

    /// Azure switches it off by a word, and has a further name for `semantic_vad`; the idle timeout came with GA.
    private func turnDetectionForGA(_ value: JSONValue) -> JSONValue {
        guard value["type"] != "none" else { return .null }
        var value = value
        value.withObject { detection in
            detection["idle_timeout_ms"] = nil
            if detection["type"] == "azure_semantic_vad", name != .preview(nil) { detection["type"] = "semantic_vad" }
        }
        return value
    }

    private mutating func formatForGA(_ value: JSONValue, at path: String) throws(RealtimeError) -> JSONValue {
        guard let spelling = value.string else { return value }
        let name = String(spelling.map { $0 == "-" ? "_" : $0 })
        guard let format = Self.formats[name] else {
            throw .invalidValue(path, got: spelling, supported: ["pcm16", "g711_ulaw", "g711_alaw"])
        }
        if spelling.contains("_") || spelling.contains("-") { hyphenated = spelling.contains("-") }
        return format
    }

    /// The same error, naming the places that this client knows.
    public func inOwnWords(_ error: RealtimeError) -> RealtimeError {
        guard name != .ga, let param = error.param else { return error }
        var error = error
        for parent in ["session", "response"] {
            for (ga, preview) in Self.settings {
                let (long, short) = ("\(parent)." + ga.joined(separator: "."), "\(parent).\(preview)")
                guard param == long || param.hasPrefix(long + ".") else { continue }
                let own = short + param.dropFirst(long.count)
                error.param = own
                error.message = error.message.replacing("'\(param)'", with: "'\(own)'")
            }
        }
        return error
    }

    // MARK: What goes out

    /// Gives a server's event the shape of the preview.
    func reshapeToPreview(_ event: inout JSONValue) {
        event.withObject { event in
            if event["session"]?["type"] == "transcription" {
                event["type"] = event["type"]?.string.map { .string("transcription_" + $0) }
                event["session"]?.withObject { $0 = flatTranscription($0) }
            } else {
                event["session"]?.withObject { $0 = flat($0) }
            }
            event["item"]?.withObject(renameParts)
            event["response"]?.withObject { response in
                response["output"]?.forEachElement { $0.withObject(renameParts) }
                response = flatResponse(response)
            }
        }
    }

    private func flat(_ session: JSONObject) -> JSONObject {
        func setting(_ preview: String) -> JSONValue {
            guard let path = Self.settings.first(where: { $0.preview == preview })?.ga else { return .null }
            return session.value(at: path[...]) ?? .null
        }
        var turnDetection = setting("turn_detection")
        turnDetection.withObject { $0["idle_timeout_ms"] = nil }
        return [
            "id": session["id"] ?? .null, "object": session["object"] ?? .null,
            "expires_at": session["expires_at"] ?? .null, "model": session["model"] ?? .null,
            "modalities": modalitiesForPreview(setting("modalities")),
            "instructions": session["instructions"] ?? "", "voice": setting("voice"),
            "input_audio_format": formatForPreview(setting("input_audio_format")),
            "output_audio_format": formatForPreview(setting("output_audio_format")),
            "input_audio_transcription": setting("input_audio_transcription"),
            "input_audio_noise_reduction": setting("input_audio_noise_reduction"),
            "turn_detection": turnDetection, "tools": session["tools"] ?? [],
            "tool_choice": session["tool_choice"] ?? "auto", "temperature": session["temperature"] ?? 0.8,
            "max_response_output_tokens": setting("max_response_output_tokens"), "speed": setting("speed"),
            "tracing": session["tracing"] ?? .null, "prompt": session["prompt"] ?? .null,
            "include": session["include"] ?? .null, "client_secret": .null,
        ]
    }

    /// Without `client_secret`: OpenAI's SDK takes none that is `null` (protocol.md E.11).
    private func flatTranscription(_ session: JSONObject) -> JSONObject {
        let input = session.value(at: ["audio", "input"])
        return [
            "id": session["id"] ?? .null, "object": session["object"] ?? .null,
            "expires_at": session["expires_at"] ?? .null,
            "input_audio_noise_reduction": input?["noise_reduction"] ?? .null,
            "turn_detection": input?["turn_detection"] ?? .null,
            "input_audio_format": formatForPreview(input?["format"] ?? .null),
            "input_audio_transcription": input?["transcription"] ?? .null, "include": session["include"] ?? .null,
        ]
    }

    private func flatResponse(_ response: JSONObject) -> JSONObject {
        let output = response.value(at: ["audio", "output"])
        var usage = response["usage"] ?? .null
        usage.withObject { usage in
            usage["input_token_details"]?.withObject { details in
                details["image_tokens"] = nil
                details["cached_tokens_details"]?.withObject { $0["image_tokens"] = nil }
            }
        }
        return [
            "object": response["object"] ?? .null, "id": response["id"] ?? .null,
            "status": response["status"] ?? .null, "status_details": response["status_details"] ?? .null,
            "output": response["output"] ?? [], "conversation_id": response["conversation_id"] ?? .null,
            "modalities": modalitiesForPreview(response["output_modalities"] ?? []),
            "voice": output?["voice"] ?? .null,
            "output_audio_format": formatForPreview(output?["format"] ?? .null),
            "temperature": response["temperature"] ?? 0.8,
            "max_output_tokens": response["max_output_tokens"] ?? "inf", "usage": usage,
            "metadata": response["metadata"] ?? .null,
        ]
    }

    func modalitiesForPreview(_ value: JSONValue) -> JSONValue {
        value == ["audio"] ? ["audio", "text"] : value
    }

    func formatForPreview(_ value: JSONValue) -> JSONValue {
        guard let name = Self.formats.first(where: { $0.value["type"] == value["type"] })?.key else { return value }
        return .string(hyphenated ? String(name.map { $0 == "_" ? "-" : $0 }) : name)
    }

    func renameParts(_ item: inout JSONObject) {
        item["content"]?.forEachElement { part in
            part.withObject { part in
                if part["type"] == "output_text" { part["type"] = "text" }
                if part["type"] == "output_audio" { part["type"] = "audio" }
            }
        }
    }
}

extension JSONObject {
    func value(at path: ArraySlice<String>) -> JSONValue? {
        guard let first = path.first else { return .object(self) }
        return path.count == 1 ? self[first] : self[first]?.object?.value(at: path.dropFirst())
    }

    mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let first = path.first else { return }
        guard path.count > 1 else { return self[first] = value }
        var inner = self[first]?.object ?? JSONObject()
        inner.set(value, at: path.dropFirst())
        self[first] = .object(inner)
    }
}
