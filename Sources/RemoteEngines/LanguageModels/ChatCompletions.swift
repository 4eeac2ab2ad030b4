import NIOCore
import RealtimeProtocol
public import SpeechEngines

/// A language model behind `POST …/chat/completions`: OpenAI, Azure OpenAI, vLLM, llama.cpp's server, Ollama and whoever else
/// speaks so. The answer streams; to cancel it closes the stream, and the service stops.
public struct ChatCompletions: LanguageModel {
    /// Tokens of prompt and answer together that fit.
    public let contextLength: Int
    private let service: RemoteService
    private let model: String

    /// A model.
    ///
    /// - Parameters:
    ///   - model: its name there.
    ///   - contextLength: how much it holds; the service's own limit ends a longer prompt with
    ///     ``EngineError/Code/contextFull``.
    public init(_ endpoint: RemoteEndpoint, model: String, contextLength: Int = 32_768) {
        service = RemoteService(endpoint: endpoint)
        self.model = model
        self.contextLength = contextLength
    }

    /// The answer, as it comes.
    public func generate(
        _ prompt: Prompt, _ options: GenerationOptions
    ) -> AsyncThrowingStream<LanguageModelEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    try await answer(prompt, options) { continuation.yield($0) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// Nothing: what the service keeps of a prompt is its own affair.
    public func prefill(_ prompt: Prompt) async {}

    /// Nothing is kept.
    public func forget(_ conversation: ConversationKey) async {}

    private func answer(
        _ prompt: Prompt, _ options: GenerationOptions, report: @escaping @Sendable (LanguageModelEvent) -> Void
    ) async throws {
        let reader = Reader(report: report)
        let body = ChatRequest.body(model: model, prompt, options)
        try await service.post("chat/completions", body) { piece in try await reader.take(piece) }
        try await reader.end(endpoint: service.endpoint)
    }

    /// Holds what is known of an answer while it comes; one task at a time uses it.
    private actor Reader {
        private var parser = EventStreamParser()
        private var reply = ChatReply()
        private let report: @Sendable (LanguageModelEvent) -> Void

        init(report: @escaping @Sendable (LanguageModelEvent) -> Void) { self.report = report }

        func take(_ piece: ByteBuffer) throws -> Bool {
            for event in try parser.take(piece.readableBytesView) {
                for made in try reply.take(event) { report(made) }
            }
            return !reply.isOver
        }

        func end(endpoint: RemoteEndpoint) throws {
            guard let last = reply.end() else {
                throw EngineError(.failed, "The engine at \(endpoint.url) broke off in the midst of an answer.")
            }
            for event in last { report(event) }
        }
    }
}
