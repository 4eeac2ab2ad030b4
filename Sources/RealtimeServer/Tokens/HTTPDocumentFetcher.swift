import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Fetches documents by HTTP. Redirects are not followed: they could lead away from what is trusted.
struct HTTPDocumentFetcher: DocumentFetcher {
    /// Bytes.
    static let mostBytes = 1 << 20

    /// How long one document may take, from the first packet to the last.
    var timeout = Duration.seconds(5)

    func fetch(_ address: TrustedAddress) async throws -> [UInt8] {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            defer { group.cancelAll() }
            group.addTask { try await get(address.url) }
            // Not the client's own deadline: that one ends with the head of the answer, and the body could come for ever.
            group.addTask {
                try await Task.sleep(for: timeout)
                throw KeySource.Failure(description: "\(address.url) did not answer within \(timeout)")
            }
            return try await group.next() ?? []
        }
    }

    /// A client for each document: it is needed once a day, and so there is none to shut down.
    private func get(_ url: String) async throws -> [UInt8] {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5)))
        // An issuer that is away should be known to be at once; trying again is the caller's.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.tracing.tracer = nil
        return try await HTTPClient.withHTTPClient(configuration: configuration) { client in
            var request = HTTPClientRequest(url: url)
            request.headers.add(name: "accept", value: "application/json")
            request.headers.add(name: "user-agent", value: "vivavoce")
            let response = try await client.execute(request, deadline: .distantFuture)
            guard response.status == .ok else {
                throw KeySource.Failure(description: "\(url) answered with the HTTP status \(response.status.code)")
            }
            do {
                return Array(buffer: try await response.body.collect(upTo: Self.mostBytes))
            } catch is NIOTooManyBytesError {
                throw KeySource.Failure(description: "\(url) is longer than \(Self.mostBytes) bytes")
            }
        }
    }
}
