#if LOCAL_ENGINES
public import SpeechEngines

/// A GGUF language model through llama.cpp.
///
/// All conversations share one context; their answers are evaluated together, a token of each at a time. What a
/// conversation's prompts have in common, and what the instructions of several conversations have in common, is
/// evaluated once. Text from users and tools is never read as control tokens.
public struct LlamaLanguageModel: LanguageModel {
    /// Tokens of prompt and answer together that fit; a longer prompt ends in ``EngineError/Code/contextFull``.
    public let contextLength: Int

    private let mailbox: Mailbox
    private let thread: OwningThread
    private let closer: Closer

    /// Loads the GGUF file at `path`.
    ///
    /// - Throws: ``EngineError`` when the file is missing or llama.cpp refuses it.
    public init(path: String, configuration: LlamaConfiguration = LlamaConfiguration()) async throws {
        let mailbox = Mailbox()
        let loading = Loading<Int>()
        let thread = OwningThread.start(name: "language model") {
            do {
                let engine = try LlamaEngine(path: path, configuration, share: .process)
                loading.finish(.success(engine.contextLength))
                mailbox.serve(engine)
            } catch {
                loading.finish(.failure(error))
            }
        }
        contextLength = try await loading.value()
        self.mailbox = mailbox
        self.thread = thread
        closer = Closer(mailbox)
    }

    /// The answer to `prompt`, as it is made.
    public func generate(
        _ prompt: Prompt, _ options: GenerationOptions
    ) -> AsyncThrowingStream<LanguageModelEvent, any Error> {
        AsyncThrowingStream { continuation in
            let id = mailbox.nextID()
            continuation.onTermination = { [mailbox] reason in
                if case .cancelled = reason { mailbox.post(.cancel(id)) }
            }
            mailbox.post(.generate(id, prompt, options, continuation))
        }
    }

    /// Evaluates `prompt` when nobody waits for an answer. A newer prompt of the conversation ends it early.
    public func prefill(_ prompt: Prompt) async {
        let id = mailbox.nextID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.post(.prefill(id, prompt, continuation))
                if Task.isCancelled { mailbox.post(.cancel(id)) }
            }
        } onCancel: {
            mailbox.post(.cancel(id))
        }
    }

    /// Forgets what was kept for a conversation. While there is room its instructions stay, for the next that begins
    /// alike.
    public func forget(_ conversation: ConversationKey) async { mailbox.post(.forget(conversation)) }

    /// Ends all answers and the model's thread; later calls end with ``EngineError/Code/closed``.
    public func close() async {
        mailbox.post(.close)
        await thread.join()
    }

    /// The tokens of a prompt, for tests.
    func tokens(of prompt: Prompt) async -> [Int32] {
        await withCheckedContinuation { mailbox.post(.tokenize(prompt, $0)) }
    }

    /// Ends the thread of a model that was dropped without being closed.
    private final class Closer: Sendable {
        private let mailbox: Mailbox
        init(_ mailbox: Mailbox) { self.mailbox = mailbox }
        deinit { mailbox.post(.close) }
    }
}
#endif
