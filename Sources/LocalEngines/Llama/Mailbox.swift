#if LOCAL_ENGINES
import Dispatch
import SpeechEngines
import Synchronization

/// What the sessions ask of the language model's thread.
final class Mailbox: Sendable {
    enum Command: Sendable {
        case generate(
            UInt64, Prompt, GenerationOptions, AsyncThrowingStream<LanguageModelEvent, any Error>.Continuation)
        case prefill(UInt64, Prompt, CheckedContinuation<Void, Never>)
        case cancel(UInt64)
        case forget(ConversationKey)
        case tokenize(Prompt, CheckedContinuation<[Int32], Never>)
        case close
    }

    private struct State {
        var commands: [Command] = []
        var isClosed = false
    }
    private let state = Mutex(State())
    private let arrived = DispatchSemaphore(value: 0)
    private let lastID = Atomic<UInt64>(0)

    /// A name for a prompt.
    func nextID() -> UInt64 { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Hands a command to the model's thread; once that has ended, whoever waits is told.
    func post(_ command: Command) {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.commands.append(command) }
            return state.isClosed
        }
        if isClosed { Self.refuse(command) } else { arrived.signal() }
    }

    /// Lets `engine` work until it is told to close. Blocks the calling thread, which must be the engine's.
    func serve(_ engine: LlamaEngine) {
        while true {
            if engine.isIdle { arrived.wait() }
            let commands = state.withLock { state in
                defer { state.commands = [] }
                return state.commands
            }
            for (index, command) in commands.enumerated() {
                guard !perform(command, engine) else { continue }
                engine.close()
                let late = state.withLock { state in
                    state.isClosed = true
                    defer { state.commands = [] }
                    return state.commands
                }
                for command in commands[(index + 1)...] + late { Self.refuse(command) }
                return
            }
            if !engine.isIdle { engine.step() }
        }
    }

    /// `false` for the last command.
    private func perform(_ command: Command, _ engine: LlamaEngine) -> Bool {
        switch command {
        case .generate(let id, let prompt, let options, let continuation):
            engine.start(Generation(id: id, prompt: prompt, purpose: .answer(continuation, options)))
        case .prefill(let id, let prompt, let continuation):
            engine.start(Generation(id: id, prompt: prompt, purpose: .preparation(continuation)))
        case .cancel(let id): engine.cancel(id)
        case .forget(let conversation): engine.forget(conversation)
        case .tokenize(let prompt, let continuation): continuation.resume(returning: engine.tokens(of: prompt))
        case .close: return false
        }
        return true
    }

    private static func refuse(_ command: Command) {
        switch command {
        case .generate(_, _, _, let continuation):
            continuation.finish(throwing: EngineError(.closed, "The language model is closed."))
        case .prefill(_, _, let continuation): continuation.resume()
        case .tokenize(_, let continuation): continuation.resume(returning: [])
        case .cancel, .forget, .close: break
        }
    }
}
#endif
