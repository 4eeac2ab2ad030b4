import ArgumentParser
import Foundation
import RealtimeClient
import RealtimeServer

/// Which server a conversation is held with: one that runs already, or one for the occasion.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server to talk to; without one, an own server is started for the occasion.") var url: String?
    @Option(help: "The key to show to the server, or VIVAVOCE_API_KEY.") var apiKey: String?
    @Option(help: "The model or deployment to ask for.") var model = "gpt-realtime"
    @Option(help: "The models of an own server: small, standard, large or scripted.")
    var preset: ServerConfiguration.Preset = .standard

    /// Holds a session, with a server of its own if none was named.
    func withSession<Result: Sendable>(
        options: RealtimeSession.Options = .init(),
        _ body: @escaping @Sendable (RealtimeSession) async throws -> Result
    ) async throws -> Result {
        try await withService { service, credential in
            let session = try await RealtimeSession.connect(to: service, credential: credential, options: options)
            do {
                let result = try await body(session)
                await session.close()
                return result
            } catch {
                await session.close()
                throw error
            }
        }
    }

    /// Does something with the service, a server of its own if none was named.
    ///
    /// - Parameter query: more for the URL, like `intent=transcription`.
    func withService<Result: Sendable>(
        query: String? = nil, _ body: @escaping @Sendable (RealtimeService, Credential) async throws -> Result
    ) async throws -> Result {
        let key = apiKey ?? ProcessInfo.processInfo.environment["VIVAVOCE_API_KEY"]
        let use: @Sendable (String) async throws -> Result = { [model] url in
            let address = query.map { Self.withPath(url) + (url.contains("?") ? "&" : "?") + $0 } ?? url
            return try await body(.url(address, model: model), key.map { .key($0) } ?? .none)
        }
        if let url { return try await use(url) }
        return try await OwnServer.run(preset: preset) { port in try await use("ws://127.0.0.1:\(port)") }
    }

    /// A query needs a path to stand behind.
    private static func withPath(_ url: String) -> String {
        let rest = url.split(separator: "://", maxSplits: 1).last ?? ""
        return rest.contains("/") ? url : url + "/v1/realtime"
    }
}
