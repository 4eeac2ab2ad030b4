public import RealtimeProtocol

/// A connection to a Realtime service, event by event.
///
/// ```swift
/// let connection = try await RealtimeConnection.connect(to: .openAI(model: "gpt-realtime"), credential: .key(key))
/// try await connection.send(ClientEvent(.responseCreate(ResponseCreate())))
/// for try await event in connection.events {
///     if case .responseOutputAudioTranscriptDelta(let words) = event.body { print(words.delta, terminator: "") }
///     if case .responseDone = event.body { break }
/// }
/// await connection.close()
/// ```
///
/// Events come in order, each as it was sent; nothing is read from the service while nobody asks for the next.
/// ``RealtimeSession`` makes items and responses of them.
public struct RealtimeConnection: Sendable {
    /// Settings of a connection. The defaults fit.
    public struct Options: Sendable {
        /// Header fields beside those of the credential.
        public var headers: [Header] = []
        /// A PEM file of certificates to trust in place of the system's.
        public var trustedCertificates: String?
        /// An HTTP proxy that is asked to put the connection through, like `http://user:password@host:3128`.
        public var proxy: String?
        /// Names the connection in the service's logs; one is made if there is none.
        public var requestID: String?
        /// Times and sizes.
        public var limits = WebSocketTransport.Limits()

        /// The defaults.
        public init() {}
    }

    /// How the connection is called in the service's logs: what the service answered as `x-ms-client-request-id` or
    /// `x-request-id`, else what it was asked to use. Support will ask for it.
    public let requestID: String
    /// The shape in which this connection speaks.
    public let dialect: Dialect
    /// The events of the service, for one reader.
    public let events: Events

    private let transport: any RealtimeTransport

    /// A connection over an open transport.
    public init(over transport: some RealtimeTransport, dialect: Dialect = Dialect(.ga), requestID: String = "") {
        self.transport = transport
        self.dialect = dialect
        let names = ["x-ms-client-request-id", "x-request-id", "apim-request-id"]
        let answered = names.lazy.compactMap { name in
            transport.responseHeaders.first { $0.name.lowercased() == name }?.value
        }
        self.requestID = answered.first ?? requestID
        events = Events(transport: transport)
    }

    /// Connects to a service over a WebSocket.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/invalidRequest``, ``ClientError/Code/connectionFailed`` or
    ///   ``ClientError/Code/upgradeRefused``; whatever the credential throws if it has no token.
    public static func connect(
        to service: RealtimeService, credential: Credential = .none, options: Options = Options()
    ) async throws -> RealtimeConnection {
        let requestID = options.requestID ?? RandomName.uuid()
        var headers = [Header(name: "x-ms-client-request-id", value: requestID)]
        headers += try await service.headers(for: credential)
        let socket = try await WebSocketTransport.connect(
            to: service.url, headers: headers + options.headers, trustedCertificates: options.trustedCertificates,
            proxy: options.proxy, limits: options.limits)
        return RealtimeConnection(over: socket, dialect: service.dialect, requestID: requestID)
    }

    /// Sends an event, in the connection's dialect.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/connectionClosed``.
    public func send(_ event: ClientEvent) async throws {
        try await transport.send(utf8: dialect.encode(event).bytes)
    }

    /// Sends any JSON as it is, for events that this library doesn't know.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/connectionClosed``.
    public func send(json: JSONValue) async throws {
        try await transport.send(utf8: json.bytes)
    }

    /// Sends audio of the user, in the session's input format.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/connectionClosed``.
    public func send(audio: [UInt8]) async throws {
        // Fifty a second: written without detours. Base64 needs no escapes.
        var message = Array(#"{"type":"input_audio_buffer.append","audio":""#.utf8)
        message.reserveCapacity(message.count + (audio.count + 2) / 3 * 4 + 2)
        audio.withUnsafeBytes { Base64.encode($0, into: &message) }
        message += #""}"#.utf8
        try await transport.send(utf8: message)
    }

    /// Closes the connection after everything sent before.
    public func close() async { await transport.close(code: 1000, reason: "") }

    /// How the connection was closed; `nil` while it is open.
    public var closeStatus: CloseStatus? { transport.closeStatus }
}

extension RealtimeConnection {
    /// The events of the service. They end when either side closes.
    public struct Events: AsyncSequence, Sendable {
        let transport: any RealtimeTransport

        /// Reads the events of the service.
        public struct AsyncIterator: AsyncIteratorProtocol {
            var messages: any AsyncIteratorProtocol<WebSocketTransport.Message, any Error>

            /// The next event, or `nil` when the connection was closed.
            ///
            /// - Throws: ``ClientError`` with ``ClientError/Code/connectionLost``, or ``ClientError/Code/invalidMessage``
            ///   for a message that is no JSON.
            public mutating func next() async throws -> ReceivedEvent? {
                guard let message = try await messages.next(isolation: nil) else { return nil }
                guard case .text(let text) = message else {
                    throw ClientError(
                        .invalidMessage, "The server sent a binary message. A Realtime service sends text only.")
                }
                do {
                    return ReceivedEvent(try JSONValue(parsing: text))
                } catch {
                    throw ClientError(
                        .invalidMessage,
                        "The server sent a message that is no JSON (\(error)): \(text.prefix(200)). "
                            + "Is it a Realtime service?", cause: error)
                }
            }
        }

        /// Reads from the first event on that nobody has read.
        public func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(messages: iterator(of: transport.messages))
        }

        private func iterator(
            of messages: some AsyncSequence<WebSocketTransport.Message, any Error>
        ) -> any AsyncIteratorProtocol<WebSocketTransport.Message, any Error> { messages.makeAsyncIterator() }
    }
}
