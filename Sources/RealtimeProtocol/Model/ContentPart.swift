/// A piece of what a message says.
public enum ContentPart: Equatable, Sendable {
    /// Written by the user, or guidance.
    case inputText(String)
    /// Spoken by the user. `audio` is base64 and only there on the way in and in `conversation.item.retrieved`.
    case inputAudio(transcript: String?, audio: String? = nil)
    /// Shown by the user: a data URI, and how closely to look.
    case inputImage(url: String, detail: ImageDetail?)
    /// Written by the model.
    case outputText(String)
    /// Spoken by the model.
    case outputAudio(transcript: String?, audio: String? = nil)

    /// What stands for the part in a prompt.
    public var text: String? {
        switch self {
        case .inputText(let text), .outputText(let text): text
        case .inputAudio(let transcript, _), .outputAudio(let transcript, _): transcript
        case .inputImage: nil
        }
    }
}

extension ContentPart: Codable {
    private enum CodingKeys: CodingKey { case type, text, audio, transcript, imageURL, detail }
    private enum Kind: String, WireEnum {
        case inputText = "input_text"
        case inputAudio = "input_audio"
        case inputImage = "input_image"
        case outputText = "output_text"
        case outputAudio = "output_audio"
    }

    /// Reads a part by its `type`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .inputText: self = .inputText(try container.decode(String.self, forKey: .text))
        case .outputText: self = .outputText(try container.decode(String.self, forKey: .text))
        case .inputAudio:
            self = .inputAudio(
                transcript: try container.decodeIfPresent(String.self, forKey: .transcript),
                audio: try container.decodeIfPresent(String.self, forKey: .audio))
        case .outputAudio:
            self = .outputAudio(
                transcript: try container.decodeIfPresent(String.self, forKey: .transcript),
                audio: try container.decodeIfPresent(String.self, forKey: .audio))
        case .inputImage:
            let url = try container.decode(String.self, forKey: .imageURL)
            guard Self.isImage(url) else { throw RealtimeError.invalidImage(decoder.wirePath + ".image_url") }
            self = .inputImage(url: url, detail: try container.decodeIfPresent(ImageDetail.self, forKey: .detail))
        }
    }

    /// Whether a text is the data URI of a picture of a kind that the API takes, by its first bytes.
    private static func isImage(_ url: String) -> Bool {
        let kinds: [(prefix: String, bytes: [UInt8])] = [
            ("data:image/png;base64,", [0x89, 0x50, 0x4E, 0x47]), ("data:image/jpeg;base64,", [0xFF, 0xD8, 0xFF]),
            ("data:image/jpg;base64,", [0xFF, 0xD8, 0xFF]),
        ]
        return kinds.contains { kind in
            url.hasPrefix(kind.prefix)
                && Base64.decode(url.utf8.dropFirst(kind.prefix.utf8.count))?.starts(with: kind.bytes) == true
        }
    }

    /// Writes the part; a transcript is written even if it is not known yet.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .inputText(let text):
            try container.encode(Kind.inputText, forKey: .type)
            try container.encode(text, forKey: .text)
        case .outputText(let text):
            try container.encode(Kind.outputText, forKey: .type)
            try container.encode(text, forKey: .text)
        case .inputAudio(let transcript, let audio):
            try container.encode(Kind.inputAudio, forKey: .type)
            try container.encode(transcript, forKey: .transcript)
            try container.encodeIfPresent(audio, forKey: .audio)
        case .outputAudio(let transcript, let audio):
            try container.encode(Kind.outputAudio, forKey: .type)
            try container.encode(transcript, forKey: .transcript)
            try container.encodeIfPresent(audio, forKey: .audio)
        case .inputImage(let url, let detail):
            try container.encode(Kind.inputImage, forKey: .type)
            try container.encode(url, forKey: .imageURL)
            try container.encodeIfPresent(detail, forKey: .detail)
        }
    }
}

/// How closely a picture is to be looked at.
public enum ImageDetail: String, WireEnum {
    /// As the model likes.
    case auto
    /// A glance.
    case low
    /// In full.
    case high
}

/// What `response.content_part.*` show of a part. Its names are the same in all dialects (protocol.md B.1).
public enum ResponsePart: Equatable, Sendable, Codable {
    /// Written.
    case text(String)
    /// Spoken.
    case audio(transcript: String)

    private enum CodingKeys: CodingKey { case type, text, transcript }
    private enum Kind: String, WireEnum { case text, audio }

    /// Reads a part by its `type`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        switch try container.decode(Kind.self, forKey: .type) {
        case .text: self = .text(try container.decode(String.self, forKey: .text))
        case .audio: self = .audio(transcript: try container.decode(String.self, forKey: .transcript))
        }
    }

    /// Writes the part.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .text(let text):
            try container.encode(Kind.text, forKey: .type)
            try container.encode(text, forKey: .text)
        case .audio(let transcript):
            try container.encode(Kind.audio, forKey: .type)
            try container.encode(transcript, forKey: .transcript)
        }
    }
}
