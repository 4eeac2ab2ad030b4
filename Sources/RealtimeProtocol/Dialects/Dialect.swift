/// The shape in which a connection speaks: GA, or one of the preview's versions (protocol.md B.1).
///
/// Inside there is one model, shaped like GA. A connection picks its dialect once, at the handshake; nothing outside
/// this room knows another shape.
public struct Dialect: Equatable, Sendable {
    /// Azure's preview versions, one family with small differences.
    public enum PreviewVersion: String, CaseIterable, Sendable {
        /// The one that Microsoft's `rt-client` speaks: a closed list of server events.
        case october2024 = "2024-10-01-preview"
        /// The one in which `conversation.item.retrieve` came.
        case december2024 = "2024-12-17"
        /// The last one.
        case april2025 = "2025-04-01-preview"
    }

    /// Which dialect it is.
    public enum Name: Hashable, Sendable {
        /// What `gpt-realtime` speaks.
        case ga
        /// What `gpt-4o-realtime-preview` spoke; without a version it is OpenAI's own beta.
        case preview(PreviewVersion?)
    }

    /// Which dialect it is.
    public let name: Name
    /// Whether this client spells `g711-ulaw`; what it said is what it is told (protocol.md G, row 41).
    var hyphenated = false

    /// A dialect at the start of a connection.
    public init(_ name: Name) { self.name = name }

    /// What the dialect's sessions answer in unless told otherwise, and their temperature.
    public var defaultTemperature: Double? { name == .ga ? nil : 0.8 }

    /// Reads a client's event.
    ///
    /// - Throws: ``RealtimeError`` in the dialect's own words, with the event's `event_id` if it has one.
    public mutating func decode(_ message: JSONValue) throws(RealtimeError) -> ClientEvent {
        do throws(RealtimeError) {
            guard message.object != nil else { throw .invalidType("event", expected: "an object", got: message.kind) }
            guard let type = message["type"] else { throw .missingParameter("type") }
            try check(type: type)
            var event = message
            normalizeItems(in: &event)
            normalizeTurnDetection(in: &event)
            if name == .ga {
                try requireGAShape(event, type: type)
            } else {
                try reshapeToGA(&event)
            }
            return try event.decode(ClientEvent.self, at: WirePath(), reading: name == .ga ? .strictly : .asIs)
        } catch {
            var error = error
            error.eventID = message["event_id"]?.string
            throw inOwnWords(error)
        }
    }

    /// The wire's form of a server event, or `nil` for one that the dialect never sends.
    public func encode(_ event: ServerEvent) -> JSONValue? {
        guard let type = wireType(of: event.kind), var value = try? JSONValue(encoding: event) else { return nil }
        guard name != .ga else { return value }
        value.withObject { $0["type"] = .string(type) }
        reshapeToPreview(&value)
        return value
    }

    /// The dialect's name for an event, or `nil` if it never sends it (protocol.md B.1, B.3 and E.1).
    public func wireType(of kind: ServerEvent.Kind) -> String? {
        if Self.neverSent.contains(kind) { return nil }
        guard case .preview(let version) = name else { return kind.rawValue }
        if Self.gaOnly.contains(kind) || version == .october2024 && !Self.october2024.contains(kind) { return nil }
        return Self.previewTypes[kind] ?? kind.rawValue
    }

    /// The types of client events that the dialect knows, in the order in which its errors list them (protocol.md B.2,
    /// B.12 row 12). Those of other transports and kinds of session are read, so that they can be refused in words.
    public var clientTypes: [ClientEvent.Kind] {
        let all = ClientEvent.Kind.allCases.filter { $0 != .outputAudioBufferClear }
        return switch name {
        case .ga: all.filter { $0 != .transcriptionSessionUpdate }
        case .preview: all.filter { $0 != .sessionClose && $0 != .sessionInputAudioBufferAppend }
        }
    }

    private func check(type: JSONValue) throws(RealtimeError) {
        guard let text = type.string else { throw .invalidType("type", expected: "a string", got: type.kind) }
        if let kind = ClientEvent.Kind(rawValue: text), kind == .outputAudioBufferClear || clientTypes.contains(kind) {
            return
        }
        throw .invalidValue("type", got: text, supported: clientTypes.map(\.rawValue))
    }

    /// GA wants `session.type`, answers in one modality and no longer has a temperature.
    private func requireGAShape(_ event: JSONValue, type: JSONValue) throws(RealtimeError) {
        for parent in ["session", "response"] {
            if event[parent]?["temperature"] != nil { throw .unknownParameter("\(parent).temperature") }
            if let modalities = event[parent]?["output_modalities"] {
                try check(modalities: modalities, at: "\(parent).output_modalities", either: [["text"], ["audio"]])
            }
        }
        if type == "session.update", let session = event["session"]?.object, session["type"] == nil {
            throw .missingParameter("session.type")
        }
    }

    /// Each dialect has two combinations, as sets (protocol.md B.12, rows 20 and 21).
    func check(modalities: JSONValue, at path: String, either combinations: [[String]]) throws(RealtimeError) {
        guard let given = modalities.array?.compactMap(\.string),
            !combinations.contains(where: { Set($0) == Set(given) && $0.count == given.count })
        else { return }  // another type is refused by the decoder
        func show(_ names: [String]) -> String { "[" + names.map { "'\($0)'" }.joined(separator: ", ") + "]" }
        throw .invalidRequest(
            "Invalid modalities: \(show(given)). "
                + "Supported combinations are: \(combinations.map(show).joined(separator: " and ")).",
            code: "invalid_value", param: path)
    }
}

extension Dialect {
    /// Clients of any age spell a message's parts in any of the ways there ever were; all are understood in all
    /// dialects (protocol.md B.8).
    private func normalizeItems(in event: inout JSONValue) {
        event.withObject { event in
            var item = event.take("item")
            item.map { _ in item?.normalizeParts() }
            if let item { event["item"] = item }
            event["response"]?.withObject { response in response["input"]?.forEachElement { $0.normalizeParts() } }
        }
    }
}

extension Dialect {
    /// Azure's `{"type":"none"}` is `null` in all dialects (protocol.md G, row 42).
    private func normalizeTurnDetection(in event: inout JSONValue) {
        event.withObject { event in
            event["session"]?.withObject { session in
                session["audio"]?.withObject { audio in
                    audio["input"]?.withObject { input in
                        if input["turn_detection"]?["type"] == "none" { input["turn_detection"] = .null }
                    }
                }
            }
        }
    }
}

extension JSONValue {
    /// Parts as GA names them, by whose they are.
    mutating func normalizeParts() {
        let byModel = self["role"] == "assistant"
        withObject { item in
            item["content"]?.forEachElement { part in
                part.withObject { part in
                    switch part["type"] {
                    case "text", "input_text", "output_text": part["type"] = byModel ? "output_text" : "input_text"
                    case "audio", "input_audio", "output_audio": part["type"] = byModel ? "output_audio" : "input_audio"
                    default: break
                    }
                }
            }
        }
    }
}
