/// How audio is written on the wire (protocol.md B.5).
public enum AudioFormat: Hashable, Sendable {
    /// 16-bit little-endian samples at 24 kHz, mono.
    case pcm
    /// G.711 μ-law, 8 kHz, one byte a sample.
    case pcmu
    /// G.711 A-law, 8 kHz, one byte a sample.
    case pcma

    /// Samples per second.
    public var sampleRate: Int { self == .pcm ? 24_000 : 8_000 }
    /// Bytes in a sample.
    public var bytesPerSample: Int { self == .pcm ? 2 : 1 }

    var prose: String {
        switch self {
        case .pcm: "mono PCM16 at 24kHz"
        case .pcmu: "G.711 mu-law at 8kHz"
        case .pcma: "G.711 A-law at 8kHz"
        }
    }
}

extension AudioFormat: Codable {
    private enum CodingKeys: CodingKey { case type, rate }
    private enum Name: String, WireEnum {
        case pcm = "audio/pcm"
        case pcmu = "audio/pcmu"
        case pcma = "audio/pcma"
    }

    /// Reads `{"type":"audio/pcm","rate":24000}` and its like; PCM needs its rate.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(Name.self, forKey: .type)
        switch name {
        case .pcm:
            let rate = try container.decode(Int.self, forKey: .rate)
            guard rate == 24_000 else {
                throw RealtimeError.outOfRange(decoder.wirePath + ".rate", rate, 24_000...24_000)
            }
            self = .pcm
        case .pcmu, .pcma:
            _ = try container.decodeIfPresent(Int.self, forKey: .rate)
            self = name == .pcmu ? .pcmu : .pcma
        }
    }

    /// Writes the object.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .pcm:
            try container.encode(Name.pcm, forKey: .type)
            try container.encode(24_000, forKey: .rate)
        case .pcmu: try container.encode(Name.pcmu, forKey: .type)
        case .pcma: try container.encode(Name.pcma, forKey: .type)
        }
    }
}
