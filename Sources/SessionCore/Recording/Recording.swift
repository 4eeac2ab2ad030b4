import AudioDSP
public import RealtimeProtocol

/// How a session is written down: `events.jsonl`, with the audio beside it in `input.wav` and `output.wav`.
///
/// The first line is the ``Head``. Each further line has `at`, milliseconds since the start, and either `in`, an
/// ``Input``, or `out`, a message to the client, or `turn`, the ``TurnTiming`` of an answer. Sound stands in the events
/// as ticks of 24 kHz, which are sample numbers of the WAV files; 8 kHz audio is held for three ticks a sample, so
/// nothing is lost.
public enum Recording {
    /// The version of the format.
    public static let version = 2

    /// What a session was made from.
    public struct Head: Equatable, Sendable, Codable {
        /// The version of the format.
        public var vivavoce = Recording.version
        /// The session's name.
        public var id: String
        /// `ga`, `preview`, or `preview` and its version.
        public var dialect: String
        /// What the session is for.
        public var kind: SessionConfiguration.Kind
        /// What had been set before it was opened, if anything.
        public var settings: JSONValue?
        /// The model or deployment of the connection.
        public var model: String
        /// Unix milliseconds.
        public var startedAt: Int
        /// What identifiers were made from, in decimal: JSON's numbers are too small for it.
        public var seed: String
        /// What the operator decided.
        public var rules: Session.Rules

        /// A head.
        public init(
            id: String, dialect: Dialect, kind: SessionConfiguration.Kind = .realtime, settings: JSONValue? = nil,
            model: String, startedAt: Int, seed: UInt64, rules: Session.Rules
        ) {
            self.id = id
            self.kind = kind
            self.settings = settings
            self.dialect =
                switch dialect.name {
                case .ga: "ga"
                case .preview(let version): version.map { "preview \($0.rawValue)" } ?? "preview"
                }
            self.model = model
            self.startedAt = startedAt
            self.seed = String(seed)
            self.rules = rules
        }

        /// The session as it begins, or `nil` if the head makes no sense.
        public var session: Session? {
            guard let seed = UInt64(seed) else { return nil }
            let version = dialect.split(separator: " ").dropFirst().first.map(String.init)
            let name: Dialect.Name =
                dialect == "ga" ? .ga : .preview(version.flatMap(Dialect.PreviewVersion.init(rawValue:)))
            var session = Session(
                id: id, dialect: Dialect(name), kind: kind, model: model, rules: rules, startedAt: startedAt, seed: seed
            )
            if let settings, (try? session.prepare(with: settings)) == nil { return nil }
            return session
        }
    }

    /// Something that happened.
    struct Happened: Codable {
        var at: Int
        var `in`: Input
    }

    /// How an answer passed.
    struct Timed: Codable {
        var at: Int
        var turn: TurnTiming
    }

    /// Something that was said: the message, without its sound, and what tells that the sound was the same.
    struct Said: Equatable, Codable {
        var at: Int
        var out: JSONValue
        /// The message's length and FNV-1a hash.
        var bytes: Int
        var hash: String

        init(at: Int, wire: [UInt8], sound: Range<Int>?) {
            self.at = at
            var message = (try? JSONValue(parsing: wire)) ?? .null
            if let sound, case .object(var object) = message {
                object["delta"] = ["sound": [.integer(sound.lowerBound), .integer(sound.upperBound)]]
                message = .object(object)
            } else if case .object(var object) = message, object["type"] == "conversation.item.retrieved" {
                object["item"] = object["item"].map(Self.withoutAudio)
                message = .object(object)
            }
            out = message
            bytes = wire.count
            hash = String(
                wire.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }, radix: 16)
        }

        private static func withoutAudio(_ item: JSONValue) -> JSONValue {
            guard case .object(var object) = item, let content = object["content"]?.array else { return item }
            object["content"] = .array(
                content.map { part in
                    guard case .object(var part) = part, part["audio"] != nil else { return part }
                    part["audio"] = "…"
                    return .object(part)
                })
            return .object(object)
        }
    }
}
