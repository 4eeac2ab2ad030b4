import AudioDSP
import RealtimeProtocol
import SpeechEngines

/// The engine work of one session: children of its task that report through its mailbox.
struct Children {
    typealias Group = ThrowingDiscardingTaskGroup<any Error>

    let mailbox: Mailbox
    let cascade: Cascade
    let meter: (any SessionMeter)?
    let clock: @Sendable () -> Int
    private var responses: [ResponseID: (child: CancellableChild, claim: RightOfWay.Claim)] = [:]
    /// The latest for each item; those that have ended are a few bytes each.
    private var recognitions: [ItemID: CancellableChild] = [:]
    private var prefill: CancellableChild?

    init(
        mailbox: Mailbox, cascade: Cascade, meter: (any SessionMeter)?, clock: @escaping @Sendable () -> Int
    ) {
        self.mailbox = mailbox
        self.cascade = cascade
        self.meter = meter
        self.clock = clock
    }

    /// A newer wish to understand an item makes the older ones pointless.
    mutating func recognize(
        _ recognition: Recognition, _ audio: (samples: [Int16], rate: Int), in group: inout Group
    ) {
        recognitions.removeValue(forKey: recognition.item)?.cancel()
        recognitions[recognition.item] = group.addCancellableTask { [mailbox, cascade, meter] in
            meter?.work(.recognition, 1)
            defer { meter?.work(.recognition, -1) }
            var result = RecognitionResult(item: recognition.item, attempt: recognition.attempt, text: nil)
            do {
                let samples = try Resampler.convert(PCM16.floats(audio.samples), from: audio.rate, to: 16_000)
                result.text = try await cascade.recognizer.transcribe(samples, by: recognition.isFinal ? .now : .never)
            } catch {
                if Task.isCancelled { return }
                result.failure = "\(error)"
            }
            await mailbox.send(.input(.recognized(result)))
        }
    }

    /// Without an engine for it, or when it fails, nothing is said: the turn then ends by its longest silence.
    func judge(
        _ item: ItemID, _ voicedUntil: Int, _ audio: (samples: [Int16], rate: Int), in group: inout Group
    ) {
        guard let judge = cascade.endOfTurn else { return }
        group.addTask { [mailbox, meter] in
            meter?.work(.judgement, 1)
            defer { meter?.work(.judgement, -1) }
            guard let samples = try? Resampler.convert(PCM16.floats(audio.samples), from: audio.rate, to: 16_000),
                let probability = try? await judge.probability(samples), !Task.isCancelled
            else { return }
            await mailbox.send(
                .input(.judged(TurnJudgement(item: item, voicedUntil: voicedUntil, probability: probability))))
        }
    }

    /// Only the latest wish counts.
    mutating func prefill(_ prompt: Prompt, in group: inout Group) {
        prefill?.cancel()
        prefill = group.addCancellableTask { [cascade] in await cascade.languageModel.prefill(prompt) }
    }

    /// An answer that nobody waits for yet gives way to those for which somebody does, in whichever session.
    mutating func generate(
        _ id: ResponseID, _ request: Cascade.Request, isWanted: Bool, unless refusal: EngineError?,
        in group: inout Group
    ) {
        prefill?.cancel()
        prefill = nil
        if let refusal {
            group.addTask { [mailbox] in await mailbox.send(.input(.generation(id, .init(refusal)))) }
            return
        }
        let claim = cascade.rightOfWay.claim(isWanted: isWanted)
        let child = group.addCancellableTask { [mailbox, cascade, meter] in
            meter?.work(.answer, 1)
            defer {
                meter?.work(.answer, -1)
                cascade.rightOfWay.end(claim)
            }
            do {
                await cascade.rightOfWay.begin(claim)
                try Task.checkCancellation()
                try await cascade.answer(request) { event in
                    try Task.checkCancellation()
                    switch event {
                    case .text where request.speech != nil: break  // spoken words are no use before their sound
                    case .sound(clause: nil, _): break  // all sessions share the right of way: once a clause is enough
                    default: cascade.rightOfWay.sound(claim)
                    }
                    switch event {
                    case .text(let text): await mailbox.send(.input(.generation(id, .text(text))))
                    case .sound(let clause, let samples):
                        await mailbox.send(
                            .sound(id, clause: clause, samples: samples, rate: request.speech?.sampleRate ?? 24_000))
                    case .call(let step): await mailbox.send(.input(.generation(id, .call(step))))
                    case .finished(let completion):
                        await mailbox.send(.input(.generation(id, .init(completion))))
                    }
                }
            } catch {
                if Task.isCancelled { return }  // the session has already ended the response
                let failure = error as? EngineError ?? EngineError(.failed, "\(error)")
                await mailbox.send(.input(.generation(id, .init(failure))))
            }
        }
        responses[id] = (child, claim)
    }

    func confirm(_ id: ResponseID) { if let claim = responses[id]?.claim { cascade.rightOfWay.want(claim) } }

    mutating func cancel(_ id: ResponseID) { responses.removeValue(forKey: id)?.child.cancel() }

    func wake(afterMs milliseconds: Int, in group: inout Group) {
        group.addTask { [mailbox, clock] in
            try? await Task.sleep(for: .milliseconds(milliseconds))
            if !Task.isCancelled { await mailbox.send(.input(.time(clock()))) }
        }
    }
}

/// What reaches the session's task.
enum Mail: Sendable {
    case client(ClientMessage)
    /// With what broke the connection, if it was broken.
    case clientLeft((any Error)?)
    case input(Input)
    case sound(ResponseID, clause: String?, samples: [Int16], rate: Int)
}

extension GenerationEvent {
    fileprivate init(_ failure: EngineError) { self = .failed(code: failure.code.rawValue, message: failure.message) }

    fileprivate init(_ completion: LanguageModelEvent.Completion) {
        self = .finished(
            reachedLimit: completion.reachedLimit, promptTokens: completion.promptTokens,
            cachedTokens: completion.cachedTokens, answerTokens: completion.answerTokens)
    }
}
