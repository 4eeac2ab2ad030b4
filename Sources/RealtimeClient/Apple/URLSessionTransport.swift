#if canImport(Darwin)
// Apple systems only: not compiled by this project's CI, which runs on Linux.
public import Foundation
import Synchronization

/// The system's own WebSocket, which knows the device's proxies, VPN and power saving.
///
/// ```swift
/// let transport = try await URLSessionTransport.connect(to: service, credential: .key(key))
/// let connection = RealtimeConnection(over: transport, dialect: service.dialect)
/// ```
public final class URLSessionTransport: RealtimeTransport {
    /// What the server sends.
    public struct Messages: AsyncSequence, Sendable {
        let transport: URLSessionTransport

        /// Reads what the server sends.
        public struct AsyncIterator: AsyncIteratorProtocol {
            let transport: URLSessionTransport

            /// The next message, or `nil` when the connection was closed.
            ///
            /// - Throws: ``ClientError`` with ``ClientError/Code/connectionLost``.
            public mutating func next() async throws -> WebSocketTransport.Message? { try await transport.next() }
        }

        /// Reads from the first message on that nobody has read.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(transport: transport) }
    }

    /// The header fields of the server's answer to the handshake.
    public let responseHeaders: [Header]
    private let task: URLSessionWebSocketTask
    private let session: URLSession
    private let closure = Closure()

    /// What the server sends, in order, for one reader.
    public var messages: Messages { Messages(transport: self) }
    /// How the connection was closed; `nil` while it is open.
    public var closeStatus: CloseStatus? { closure.status }

    private init(_ task: URLSessionWebSocketTask, _ session: URLSession, responseHeaders: [Header]) {
        self.task = task
        self.session = session
        self.responseHeaders = responseHeaders
    }

    deinit {
        task.cancel(with: .normalClosure, reason: nil)
        session.invalidateAndCancel()
    }

    /// Connects and does the handshake.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/invalidRequest``, ``ClientError/Code/connectionFailed`` or
    ///   ``ClientError/Code/upgradeRefused``.
    public static func connect(
        to service: RealtimeService, credential: Credential = .none,
        options: RealtimeConnection.Options = RealtimeConnection.Options()
    ) async throws -> URLSessionTransport {
        guard let url = URL(string: service.url.replacing(/^http/, with: "ws")) else {
            throw ClientError(.invalidRequest, "The service's URL cannot be read.")
        }
        var request = URLRequest(url: url)
        for header in try await service.headers(for: credential) + options.headers {
            request.addValue(header.value, forHTTPHeaderField: header.name)
        }
        let opening = Opening()
        let session = URLSession(configuration: .default, delegate: opening, delegateQueue: nil)
        let task = session.webSocketTask(with: request)
        task.maximumMessageSize = options.limits.maxMessageSize
        do {
            try await opening.wait(for: task)
        } catch {
            session.invalidateAndCancel()
            let response = task.response as? HTTPURLResponse
            guard let response, response.statusCode != 101 else {
                throw ClientError(
                    .connectionFailed, "No connection to \(url.host() ?? "the service"): \(error.localizedDescription)",
                    cause: error)
            }
            throw ClientError(
                .upgradeRefused,
                "\(url.host() ?? "The service") answered \(response.statusCode) instead of a WebSocket.",
                refusal: ClientError.Refusal(status: response.statusCode, headers: headers(of: response), body: ""))
        }
        return URLSessionTransport(task, session, responseHeaders: headers(of: task.response as? HTTPURLResponse))
    }

    /// Sends a text message given as UTF-8.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/connectionClosed``.
    public func send(utf8 bytes: [UInt8]) async throws {
        do {
            try await task.send(.string(String(decoding: bytes, as: UTF8.self)))
        } catch {
            noteEnd()
            throw ClientError(
                .connectionClosed, "The WebSocket is closed; nothing more can be sent on it. Connect again.",
                cause: error)
        }
    }

    /// Closes the connection.
    public func close(code: UInt16, reason: String) async {
        closure.record(CloseStatus(code: code, reason: reason))
        task.cancel(
            with: URLSessionWebSocketTask.CloseCode(rawValue: Int(code)) ?? .normalClosure, reason: Data(reason.utf8))
    }

    private func next() async throws -> WebSocketTransport.Message? {
        do {
            switch try await task.receive() {
            case .string(let text): return .text(text)
            case .data(let data): return .binary([UInt8](data))
            @unknown default: return try await next()
            }
        } catch {
            noteEnd()
            guard closeStatus != .lost else {
                throw ClientError(
                    .connectionLost, "The connection to the server was lost: \(error.localizedDescription)",
                    cause: error)
            }
            return nil
        }
    }

    private func noteEnd() {
        guard task.closeCode != .invalid else { return closure.record(.lost) }
        let reason = task.closeReason.map { String(decoding: $0, as: UTF8.self) } ?? ""
        closure.record(CloseStatus(code: UInt16(clamping: task.closeCode.rawValue), reason: reason))
    }

    private static func headers(of response: HTTPURLResponse?) -> [Header] {
        (response?.allHeaderFields ?? [:]).map { Header(name: "\($0.key)", value: "\($0.value)") }
    }

    /// Waits for the handshake.
    private final class Opening: NSObject, URLSessionWebSocketDelegate, Sendable {
        private let opened = Chunks<Void>()

        func wait(for task: URLSessionWebSocketTask) async throws {
            task.resume()
            _ = try await opened.first()
        }

        func urlSession(
            _ session: URLSession, webSocketTask: URLSessionWebSocketTask, didOpenWithProtocol protocol: String?
        ) {
            opened.append(())
            opened.finish()
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            opened.finish(throwing: error ?? URLError(.networkConnectionLost))
        }
    }
}
#endif
