/// A client's side of a dialect: what it says, and how it reads whatever a service says.
extension Dialect {
    /// The wire's form of a client's event.
    ///
    /// - Throws: ``RealtimeError`` for JSON that a caller put into the event and that JSON cannot say.
    public func encode(_ event: ClientEvent) throws -> JSONValue {
        var value = try JSONValue(encoding: event)
        guard name != .ga else { return value }
        value.withObject { event in
            if event["session"]?["type"] == "transcription" { event["type"] = "transcription_session.update" }
            event["session"]?.withObject { $0 = flattened($0) }
            event["response"]?.withObject { response in
                response = flattened(response)
                response["input"]?.forEachElement { $0.withObject(renameParts) }
            }
            event["item"]?.withObject(renameParts)
        }
        return value
    }

    /// GA's settings as the preview's, each only if it is there.
    private func flattened(_ settings: JSONObject) -> JSONObject {
        var flat = settings
        flat["type"] = nil
        flat["audio"] = nil
        flat["output_modalities"] = nil
        flat["max_output_tokens"] = nil
        for (ga, preview) in Self.settings {
            guard var value = settings.value(at: ga[...]) else { continue }
            switch preview {
            case "modalities": value = modalitiesForPreview(value)
            case "input_audio_format", "output_audio_format": value = formatForPreview(value)
            default: break
            }
            flat[preview] = value
        }
        return flat
    }

    /// Reads what a service says, whichever dialect it speaks and however much it leaves out: types and fields have GA's
    /// names and shapes afterwards, what cannot be read is left out if it may be, and what is missing is empty.
    ///
    /// A client must go on with services that are newer than it is, or less exact.
    ///
    /// - Throws: ``RealtimeError`` for a type that is not known here, and for an event that lacks what makes it one: the
    ///   names of items and responses.
    public static func readServerEvent(_ message: JSONValue) throws(RealtimeError) -> ServerEvent {
        var event = message
        event.withObject { event in
            if let type = event["type"]?.string { event["type"] = .string(gaType(type)) }
            let isTranscription = message["type"]?.string?.hasPrefix("transcription_session.") == true
            event["session"]?.withObject { session in
                raise(&session)
                if isTranscription { session["type"] = "transcription" }
            }
            event["item"]?.normalizeParts()
            event["response"]?.withObject { response in
                raise(&response)
                response["output"]?.forEachElement { $0.normalizeParts() }
            }
            event["part"]?.withObject { part in
                // GA names them as the items do; some servers do so in these events too.
                if part["type"] == "output_text" { part["type"] = "text" }
                if part["type"] == "output_audio" { part["type"] = "audio" }
            }
        }
        return try event.decode(ServerEvent.self, at: WirePath(), reading: .leniently)
    }

    private static let gaTypes = Dictionary(uniqueKeysWithValues: previewTypes.map { ($0.value, $0.key.rawValue) })

    private static func gaType(_ type: String) -> String {
        type.hasPrefix("transcription_session.")
            ? String(type.dropFirst("transcription_".count)) : gaTypes[type] ?? type
    }

    /// Puts the preview's flat settings where GA has them.
    private static func raise(_ settings: inout JSONObject) {
        for (ga, preview) in Self.settings {
            guard var value = settings.take(preview), value != .null else { continue }
            switch preview {
            case "modalities":
                if value.array?.contains("audio") == true { value = ["audio"] }
            case "input_audio_format", "output_audio_format":
                if let name = value.string { value = formats[String(name.map { $0 == "-" ? "_" : $0 })] ?? value }
            case "turn_detection":
                if value["type"] == "none" { continue }
                value.withObject { if $0["type"] == "azure_semantic_vad" { $0["type"] = "semantic_vad" } }
            default: break
            }
            settings.set(value, at: ga[...])
        }
    }
}
