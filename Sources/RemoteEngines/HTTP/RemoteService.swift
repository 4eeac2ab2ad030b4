import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import RealtimeProtocol
import SpeechEngines
import Synchronization

/// Asks a remote engine by HTTP, and hands on its answer as it comes.
///
/// A request that fails before anything of its answer has come is tried again, as often as the endpoint says. Connections are
/// kept and used again. Whatever goes wrong is an ``EngineError`` that names the service; to cancel the task closes the stream.
struct RemoteService: Sendable {
    var endpoint: RemoteEndpoint
    var client = HTTPClient.shared

    /// Bytes of a refusal that are read for its reason.
    private static let longestRefusal = 64 << 10

    /// Sends `body` to `path`, and gives each piece of the answer's body to `take`.
    ///
    /// - Parameter take: returns whether it wants more.
    func post(_ path: String, _ body: JSONValue, take: @escaping @Sendable (ByteBuffer) async throws -> Bool)
        async throws
    {
        try await post(path, "application/json", ByteBuffer(string: body.text), take: take)
    }

    /// As above, with a body of any type.
    func post(
        _ path: String, _ contentType: String, _ body: ByteBuffer,
        take: @escaping @Sendable (ByteBuffer) async throws -> Bool
    ) async throws {
        var request = HTTPClientRequest(url: "\(endpoint.url)/\(path)")
        request.method = .POST
        request.headers.add(name: "content-type", value: contentType)
        request.body = .bytes(body)
        try await send(request, take: take)
    }

    /// A whole answer.
    ///
    /// - Throws: ``EngineError``, also if it is longer than `limit` bytes.
    func collect(_ path: String, _ contentType: String, _ body: ByteBuffer, upTo limit: Int) async throws -> ByteBuffer
    {
        let whole = Mutex(ByteBuffer())
        try await post(path, contentType, body) { piece in
            try whole.withLock { whole in
                whole.writeImmutableBuffer(piece)
                guard whole.readableBytes <= limit else {
                    throw EngineError(.failed, "its answer is longer than \(limit) bytes")
                }
            }
            return true
        }
        return whole.withLock { $0 }
    }

    private func send(
        _ request: HTTPClientRequest, take: @escaping @Sendable (ByteBuffer) async throws -> Bool
    ) async throws {
        var request = request
        request.headers.add(name: "user-agent", value: "vivavoce")
        for field in endpoint.fields { request.headers.add(name: field.name, value: field.value) }
        for attempt in 0... {
            let progress = Progress()
            do {
                return try await once(request, progress, take: take)
            } catch let failure as Failure where attempt < endpoint.retries && !progress.hasBegun {
                guard let pause = failure.pause else { throw named(failure.error) }
                try await Task.sleep(for: pause)
            } catch let failure as Failure {
                throw named(failure.error)
            } catch let error as EngineError {
                throw named(error)
            }
        }
    }

    private func once(
        _ request: HTTPClientRequest, _ progress: Progress, take: @escaping @Sendable (ByteBuffer) async throws -> Bool
    ) async throws {
        let pulse = Pulse(endpoint)
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await read(request, pulse, progress, take: take) }
            group.addTask { try await pulse.watch() }
            // Whoever ends first decides.
            try await group.next()
        }
    }

    private func read(
        _ request: HTTPClientRequest, _ pulse: Pulse, _ progress: Progress,
        take: @Sendable (ByteBuffer) async throws -> Bool
    ) async throws {
        let response: HTTPClientResponse
        do {
            response = try await client.execute(request, deadline: .distantFuture)
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw Failure(error: EngineError(.failed, "it does not answer (\(error))"), pause: .milliseconds(200))
        }
        guard response.status == .ok else { throw await refusal(response) }
        do {
            for try await piece in response.body {
                pulse.beat()
                progress.begin()
                guard try await take(piece) else { return }
            }
        } catch let error as EngineError {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw Failure(error: EngineError(.failed, "its answer broke off (\(error))"), pause: .milliseconds(200))
        }
    }

    /// Why it refused, in its own words, and whether it is worth another try.
    private func refusal(_ response: HTTPClientResponse) async -> Failure {
        let body = try? await response.body.collect(upTo: Self.longestRefusal)
        let json = body.flatMap { try? JSONValue(parsing: Array($0.readableBytesView)) }
        let said = json?["error"]?["message"]?.string ?? json?["error"]?.string ?? json?["message"]?.string ?? ""
        let code = json?["error"]?["code"]?.string ?? json?["error"]?["type"]?.string
        var reason = "it answered \(response.status.code)\(said.isEmpty ? "" : ": \(said.prefix(500))")"
        if reason.last?.isPunctuation != true { reason += "." }
        switch response.status.code {
        case 401, 403:
            return Failure(error: EngineError(.failed, "\(reason) Check the key of this engine."), pause: nil)
        case 429:
            let seconds = response.headers.first(name: "retry-after").map(Double.init) ?? 1
            // Nobody who has asked aloud waits longer; and a service may say anything, which no `Duration` holds.
            let pause = seconds.flatMap { (0...1).contains($0) ? Duration.seconds($0) : nil }
            return Failure(error: EngineError(.rateLimited, reason), pause: pause)
        case 400 where code == "context_length_exceeded":
            return Failure(error: EngineError(.contextFull, reason), pause: nil)
        case 404: return Failure(error: EngineError(.modelMissing, reason), pause: nil)
        case 500...: return Failure(error: EngineError(.failed, reason), pause: .milliseconds(200))
        default: return Failure(error: EngineError(.failed, reason), pause: nil)
        }
    }

    private func named(_ error: EngineError) -> EngineError {
        EngineError(error.code, "The engine at \(endpoint.url) failed: \(error.message)")
    }

    /// Whether anything of an answer has come: then it can't be asked for again.
    private final class Progress: Sendable {
        private let state = Flag()
        var hasBegun: Bool { state.isSet }
        func begin() { state.set() }
    }

    /// A failure, and after which pause another try is worth it; `nil` if it is not.
    private struct Failure: Error {
        var error: EngineError
        var pause: Duration?
    }
}
