extension ClientEvent {
    private enum CodingKeys: CodingKey { case type, eventID }

    var kind: String {
        switch body {
        case .sessionUpdate: Kind.sessionUpdate.rawValue
        case .inputAudioBufferAppend: Kind.inputAudioBufferAppend.rawValue
        case .inputAudioBufferCommit: Kind.inputAudioBufferCommit.rawValue
        case .inputAudioBufferClear: Kind.inputAudioBufferClear.rawValue
        case .conversationItemCreate: Kind.conversationItemCreate.rawValue
        case .conversationItemRetrieve: Kind.conversationItemRetrieve.rawValue
        case .conversationItemTruncate: Kind.conversationItemTruncate.rawValue
        case .conversationItemDelete: Kind.conversationItemDelete.rawValue
        case .responseCreate: Kind.responseCreate.rawValue
        case .responseCancel: Kind.responseCancel.rawValue
        case .outputAudioBufferClear: Kind.outputAudioBufferClear.rawValue
        case .sessionInputAudioBufferAppend: Kind.sessionInputAudioBufferAppend.rawValue
        case .sessionClose: Kind.sessionClose.rawValue
        }
    }

    private var fields: any Encodable {
        switch body {
        case .sessionUpdate(let fields): fields
        case .inputAudioBufferAppend(let fields): fields
        case .inputAudioBufferCommit(let fields), .inputAudioBufferClear(let fields): fields
        case .conversationItemCreate(let fields): fields
        case .conversationItemRetrieve(let fields), .conversationItemDelete(let fields): fields
        case .conversationItemTruncate(let fields): fields
        case .responseCreate(let fields): fields
        case .responseCancel(let fields): fields
        case .outputAudioBufferClear(let fields), .sessionClose(let fields): fields
        case .sessionInputAudioBufferAppend(let fields): fields
        }
    }
}

extension ClientEvent: Codable {
    /// Reads an event by its `type`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let kind = try container.decode(Kind.self, forKey: .type)
        eventID = try container.decodeIfPresent(String.self, forKey: .eventID)
        if let eventID, eventID.count > 512 { throw RealtimeError.tooLong("event_id", eventID.count, most: 512) }
        body =
            switch kind {
            case .sessionUpdate: .sessionUpdate(try .init(from: decoder))
            case .inputAudioBufferAppend: .inputAudioBufferAppend(try .init(from: decoder))
            case .inputAudioBufferCommit: .inputAudioBufferCommit(try .init(from: decoder))
            case .inputAudioBufferClear: .inputAudioBufferClear(try .init(from: decoder))
            case .conversationItemCreate: .conversationItemCreate(try .init(from: decoder))
            case .conversationItemRetrieve: .conversationItemRetrieve(try .init(from: decoder))
            case .conversationItemTruncate: .conversationItemTruncate(try .init(from: decoder))
            case .conversationItemDelete: .conversationItemDelete(try .init(from: decoder))
            case .responseCreate: .responseCreate(try .init(from: decoder))
            case .responseCancel: .responseCancel(try .init(from: decoder))
            case .transcriptionSessionUpdate: .sessionUpdate(try .init(from: decoder))
            case .outputAudioBufferClear: .outputAudioBufferClear(try .init(from: decoder))
            case .sessionInputAudioBufferAppend: .sessionInputAudioBufferAppend(try .init(from: decoder))
            case .sessionClose: .sessionClose(try .init(from: decoder))
            }
    }

    /// Writes `type` first, then the event's name, then what it says.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .type)
        try container.encodeIfPresent(eventID, forKey: .eventID)
        try fields.encode(to: encoder)
    }
}
