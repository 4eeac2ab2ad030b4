public import Logging

/// How a server is set up: the defaults, what a file says (``init(file:)``), and what the command line changes on it.
public struct ServerConfiguration: Sendable {
    /// A size of local models.
    public enum Preset: String, Sendable, CaseIterable {
        /// The smallest language model and recognizer: for small machines and for tests.
        case small
        /// The default.
        case standard
        /// A larger language model.
        case large
        /// No models: engines that hear and say what they are told (``Script``), for tests of what talks to the server.
        case scripted
    }

    /// How connections are kept secret.
    public struct TLS: Sendable, Hashable {
        /// The path of the certificate's PEM file, with those between it and the root.
        public var certificate: String?
        /// The path of the private key's PEM file.
        public var key: String?
        /// Whether the server makes a certificate for itself.
        public var selfSigned = false

        /// Not at all: plain HTTP.
        public init() {}

        /// Where the certificate is; `nil` for plain HTTP.
        ///
        /// - Parameter folder: where one is kept that the server makes itself.
        /// - Throws: ``ServerError`` if the settings contradict each other.
        public func settings(folder: String) throws -> TLSSettings? {
            switch (certificate, key, selfSigned) {
            case (nil, nil, false): nil
            case (nil, nil, true): .selfSigned(folder: folder)
            case (let certificate?, let key?, false): .files(certificate: certificate, key: key)
            default:
                throw ServerError(
                    .invalidConfiguration,
                    "tls: give certificate and key, two PEM files, or self-signed, which needs neither.")
            }
        }
    }

    /// Where spans are sent.
    public struct Tracing: Sendable, Hashable {
        /// The address of a collector that speaks OTLP over HTTP, `http://127.0.0.1:4318`; `nil` for nowhere.
        public var endpoint: String?
        /// `name: value`, for a collector that wants a key.
        public var headers: [String] = []
        /// Of how many traces in a hundred.
        public var percent = 100

        /// Nowhere.
        public init() {}
    }

    /// How lines are logged.
    public enum LogFormat: String, Sendable, CaseIterable {
        /// For people.
        case text
        /// A JSON object a line.
        case json
    }

    /// What scripted engines hear and say.
    public struct Script: Sendable, Hashable {
        /// What is understood, whatever was said.
        public var understands = "What time is it?"
        /// What is answered.
        public var answer = "It is noon, more or less."
        /// How long the first word takes, in ms.
        public var firstWordMs = 0
        /// How many words there are in a second then; 0 for all at once.
        public var wordsPerSecond = 0
        /// Whether the voice takes as long as its sound.
        public var speaksInRealTime = false

        /// A short answer at once.
        public init() {}
    }

    /// Models by path instead of those of the preset.
    public struct Models: Sendable, Hashable {
        /// The folder of the fetched models; `nil` for the user's cache folder.
        public var directory: String?
        /// A language model: a GGUF file; or `scripted` for none.
        public var languageModel: String?
        /// A recognizer: a folder of a sherpa-onnx model.
        public var recognizer: String?
        /// A voice: a folder of a Piper voice.
        public var voice: String?
        /// The voice activity detector: an ONNX file of Silero.
        public var voiceActivityDetector: String?

        /// The models of the preset.
        public init() {}
    }

    /// The address to listen on: a name or an IP address.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 for any free one.
    public var port = 8080
    /// Whether the playground is served at `/`.
    public var playground = true
    /// The models to use where ``models`` names none.
    public var preset = Preset.standard
    /// How connections are kept secret.
    public var tls = TLS()
    /// The keys of which a client must show one; none for a server that only this machine can reach.
    public var apiKeys: [String] = []
    /// Whether any model name is answered, by the one model there is.
    public var acceptAnyModel = false
    /// Deployments beside those out of the box; they cannot be changed while the server runs.
    public var deployments: [Deployment] = []
    /// How much the keys of these names may use; `any` stands for those that are not named.
    public var keyLimits: [String: Limits] = [:]
    /// Whose tokens are accepted.
    public var tokenIssuers: [TokenIssuer] = []
    /// What those with a token may do.
    public var roleAssignments: [RoleAssignment] = []
    /// Whether a session ends when the key, client secret or token that opened it is good no more.
    public var endExpiredSessions = false
    /// The origins of the web pages that are answered, like `https://app.example.com`, beside the server's own; empty for
    /// all that bring a key.
    public var allowedOrigins: [String] = []
    /// How long sessions may go on after the server was told to stop, in seconds.
    public var shutdownSeconds = 5
    /// The region of Azure that the server stands for, like `eastus2`: it offers the models of that region. `nil` for all.
    public var region: String?
    /// The folder of what outlives a restart; `nil` to keep nothing.
    public var dataDirectory: String?
    /// The folder in which sessions are recorded, with what was spoken; `nil` to record none.
    public var recordDirectory: String?
    /// How much audio a session keeps, in and out together, in seconds.
    public var audioLimitSeconds = 600
    /// How long a session may last, in seconds (protocol.md A.5).
    public var sessionLimitSeconds = 3600
    /// Whether a cut answer shows the words that were heard; the original service shows none (protocol.md C.10).
    public var showHeardWords = true
    /// Whether an answer is begun while the user only pauses: it comes sooner, and is sometimes made for nothing.
    public var speculate = true
    /// Whether the echo of an answer is taken out of what its client hears: for clients that have no echo cancellation.
    public var suppressEcho = false
    /// How many sessions there may be at once.
    public var maxSessions = 64
    /// While of four answers one comes later than this after the end of its turn, nobody else is let in; in ms, 0 for
    /// never.
    public var longestWaitMs = 1500
    /// How many connections there may be at once, with and without a session.
    public var maxConnections = 1024
    /// How much memory the process may use before nobody else is let in, in MiB; 0 for any.
    public var memoryLimitMB = 0
    /// How long a connection may take for its TLS handshake and the head of its request, in seconds.
    public var handshakeSeconds = 10
    /// How much audio may wait for a client that does not read, in ms of 24 kHz PCM.
    public var sendQueueMs = 2000
    /// How long it may wait without any of it being taken, until the client is closed with 1013, in seconds.
    public var slowClientSeconds = 20
    /// Models by path.
    public var models = Models()
    /// What scripted engines hear and say.
    public var script = Script()
    /// Where spans are sent.
    public var tracing = Tracing()
    /// How lines are logged.
    public var logFormat = LogFormat.text
    /// The least level that is logged.
    public var logLevel = Logger.Level.info

    /// The defaults.
    public init() {}

    /// Checks what cannot be seen from one value alone, as the last step before a start.
    ///
    /// - Throws: ``ServerError`` with ``ServerError/Code/invalidConfiguration``.
    public func validate() throws {
        try check("port", port, 0...65535)
        try check("audio-limit-seconds", audioLimitSeconds, 1...86_400)
        try check("session-limit-seconds", sessionLimitSeconds, 1...86_400)
        try check("max-sessions", maxSessions, 1...100_000)
        try check("longest-wait-ms", longestWaitMs, 0...60_000)
        try check("max-connections", maxConnections, 1...1_000_000)
        try check("memory-limit-mb", memoryLimitMB, 0...16_777_216)
        try check("handshake-seconds", handshakeSeconds, 1...600)
        try check("send-queue-ms", sendQueueMs, 100...600_000)
        try check("slow-client-seconds", slowClientSeconds, 1...3600)
        try check("shutdown-seconds", shutdownSeconds, 0...3600)
    }

    private func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws {
        guard !range.contains(value) else { return }
        throw ServerError(
            .invalidConfiguration,
            "\(name) is \(value); it must be between \(range.lowerBound) and \(range.upperBound).")
    }
}

extension ServerConfiguration: CustomStringConvertible {
    /// What is of use in a log: never a key.
    public var description: String {
        "\(host):\(port), preset \(preset.rawValue), \(apiKeys.count) API keys, at most \(maxSessions) sessions"
    }
}
