import Foundation
import Synchronization

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A whole answer.
struct HTTPReply: Sendable {
    var status: Int
    /// The media type without its parameters, in lower case; empty if there was none.
    var contentType: String
    /// The seconds of a `Retry-After` header.
    var retryAfter: Double?
    var body: Data

    init(_ response: HTTPURLResponse, body: Data) {
        status = response.statusCode
        let type = response.value(forHTTPHeaderField: "Content-Type")?.split(separator: ";").first
        contentType = type.map { $0.trimmingCharacters(in: .whitespaces).lowercased() } ?? ""
        retryAfter = response.value(forHTTPHeaderField: "Retry-After").flatMap { Double($0) }
        self.body = body
    }
}

/// Why there is no answer.
enum HTTPFailure: Error, Sendable {
    case timedOut(Duration)
    case tooLong
    case notHTTP
    case transport(any Error)

    /// To follow the name of a server.
    var predicate: String {
        switch self {
        case .timedOut(let time): return "did not answer within \(time.inSeconds)"
        case .tooLong: return "answered with more than \(HTTPClient.limit >> 20) MiB"
        case .notHTTP: return "answered with something that is no HTTP"
        case .transport(let error):
            switch (error as? URLError)?.code {
            case .cannotFindHost?, .dnsLookupFailed?: return "cannot be found: no such host"
            case .cannotConnectToHost?: return "refused the connection, or nothing listens there"
            case .notConnectedToInternet?: return "cannot be reached: this machine is offline"
            case .networkConnectionLost?: return "broke the connection"
            case .secureConnectionFailed?, .serverCertificateUntrusted?, .serverCertificateHasBadDate?,
                .serverCertificateHasUnknownRoot?, .serverCertificateNotYetValid?:
                return "cannot be reached safely: TLS failed"
            case let code?: return "cannot be reached (error \(code.rawValue) of URLSession)"
            case nil: return "cannot be reached"
            }
        }
    }
}

/// One request and its whole answer, over a session of its own: no cookies, no cache, no redirects. Tokens are asked for
/// about once an hour, so that a connection kept open would only go stale.
enum HTTPClient {
    /// In bytes; a token is a few thousand long.
    static let limit = 1 << 20

    /// What the server answered, whatever its status.
    static func reply(to request: URLRequest, within time: Duration) async throws -> HTTPReply {
        let transfer = Transfer()
        // URLSession's own time-out counts from the last byte; a server that drips must not hold us.
        return try await withThrowingTaskGroup(of: HTTPReply?.self) { group in
            group.addTask {
                try await withTaskCancellationHandler {
                    try await withCheckedThrowingContinuation { transfer.start(request, within: time, waiter: $0) }
                } onCancel: {
                    transfer.end(.failure(CancellationError()))
                }
            }
            group.addTask {
                try await Task.sleep(for: time)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let reply = first else { throw HTTPFailure.timedOut(time) }
            return reply
        }
    }
}

/// Gathers one answer.
private final class Transfer: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var waiter: CheckedContinuation<HTTPReply?, any Error>?
        var session: URLSession?
        var body = Data()
        var time = Duration.zero
        var isOver = false
    }

    private let state = Mutex(State())

    func start(_ request: URLRequest, within time: Duration, waiter: CheckedContinuation<HTTPReply?, any Error>) {
        let configuration = URLSessionConfiguration.ephemeral
        // Ours is to fire first: on Linux this one knows whole seconds only, and takes 0.5 for none.
        configuration.timeoutIntervalForRequest = (time / .seconds(1)).rounded(.up) + 1
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
        let isOver = state.withLock { state in
            guard !state.isOver else { return true }
            state.waiter = waiter
            state.session = session
            state.time = time
            return false
        }
        if isOver {
            session.invalidateAndCancel()
            waiter.resume(throwing: CancellationError())
        } else {
            session.dataTask(with: request).resume()
        }
    }

    /// The first end counts.
    func end(_ result: Result<HTTPReply, any Error>) {
        let (waiter, session) = state.withLock { state in
            state.isOver = true
            defer {
                state.waiter = nil
                state.session = nil
            }
            return (state.waiter, state.session)
        }
        session?.invalidateAndCancel()
        waiter?.resume(with: result.map { $0 })
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLong = state.withLock { state in
            state.body.append(data)
            return state.body.count > HTTPClient.limit
        }
        if isTooLong { end(.failure(HTTPFailure.tooLong)) }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let (body, time) = state.withLock { ($0.body, $0.time) }
        if let error {
            let isLate = (error as? URLError)?.code == .timedOut
            end(.failure(isLate ? HTTPFailure.timedOut(time) : HTTPFailure.transport(error)))
        } else if let response = task.response as? HTTPURLResponse {
            end(.success(HTTPReply(response, body: body)))
        } else {
            end(.failure(HTTPFailure.notHTTP))
        }
    }

    #if canImport(FoundationNetworking)
    typealias RedirectAnswer = (URLRequest?) -> Void
    #else
    typealias RedirectAnswer = @Sendable (URLRequest?) -> Void
    #endif

    /// No token endpoint redirects, and what a request carries is for its host alone: the redirect is the answer.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping RedirectAnswer
    ) {
        completionHandler(nil)
    }
}
