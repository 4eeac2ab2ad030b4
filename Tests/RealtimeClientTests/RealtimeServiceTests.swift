import RealtimeProtocol
import Testing

@testable import RealtimeClient

@Suite struct RealtimeServiceTests {
    @Test(
        "each way to name a service gives its URL and dialect",
        arguments: [
            (
                RealtimeService.azure(endpoint: "https://example.openai.azure.com", deployment: "my voice"),
                "https://example.openai.azure.com/openai/v1/realtime?model=my%20voice", Dialect.Name.ga
            ),
            (
                .azure(endpoint: "https://example.openai.azure.com/openai/v1/", deployment: "a", apiVersion: "v1"),
                "https://example.openai.azure.com/openai/v1/realtime?model=a", .ga
            ),
            (
                .azure(endpoint: "wss://localhost:8080/", deployment: "a&b", apiVersion: "2024-10-01-preview"),
                "wss://localhost:8080/openai/realtime?api-version=2024-10-01-preview&deployment=a%26b",
                .preview(.october2024)
            ),
            (
                .azure(endpoint: "https://e", deployment: "a", apiVersion: "2031-01-01-preview"),
                "https://e/openai/realtime?api-version=2031-01-01-preview&deployment=a", .preview(nil)
            ),
            (.openAI(model: "gpt-realtime"), "https://api.openai.com/v1/realtime?model=gpt-realtime", .ga),
            (
                .openAI(model: "m", endpoint: "http://localhost:8080/v1", isPreview: true),
                "http://localhost:8080/v1/realtime?model=m", .preview(nil)
            ),
            (.url("ws://localhost:8080"), "ws://localhost:8080/v1/realtime?model=gpt-realtime", .ga),
            (.url("ws://localhost:8080/", model: "é"), "ws://localhost:8080/v1/realtime?model=%C3%A9", .ga),
            (.url("ws://h/v1/realtime?model=x"), "ws://h/v1/realtime?model=x", .ga),
            (.url("ws://h/v1/realtime?intent=transcription"), "ws://h/v1/realtime?intent=transcription", .ga),
            (
                .url("ws://h/openai/realtime?api-version=2024-12-17&deployment=x"),
                "ws://h/openai/realtime?api-version=2024-12-17&deployment=x", .preview(.december2024)
            ),
            (.url("ws://h/openai/v1/realtime?x=1", model: "m"), "ws://h/openai/v1/realtime?x=1&model=m", .ga),
        ])
    func urls(service: RealtimeService, url: String, dialect: Dialect.Name) {
        #expect(service.url == url)
        #expect(service.dialect.name == dialect)
    }

    @Test("a key goes where the service wants it, a token and a client secret always behind Bearer")
    func headers() async throws {
        let azure = RealtimeService.azure(endpoint: "https://e", deployment: "d")
        let openAI = RealtimeService.openAI(model: "m")
        #expect(try await azure.headers(for: .key("k")) == [Header(name: "api-key", value: "k")])
        #expect(try await openAI.headers(for: .key("k")) == [Header(name: "Authorization", value: "Bearer k")])
        for service in [azure, openAI] {
            let bearer = [Header(name: "Authorization", value: "Bearer t")]
            #expect(try await service.headers(for: .token { "t" }) == bearer)
            #expect(try await service.headers(for: .clientSecret("t")) == bearer)
            #expect(try await service.headers(for: .none) == [])
        }
        let beta = RealtimeService.openAI(model: "m", isPreview: true)
        #expect(try await beta.headers(for: .none) == [Header(name: "OpenAI-Beta", value: "realtime=v1")])
    }

    @Test("a credential never shows itself")
    func secrecy() {
        for credential in [Credential.key("s3cret"), .clientSecret("s3cret")] {
            #expect(!"\(credential) \(String(reflecting: credential))".contains("s3cret"))
        }
    }
}
