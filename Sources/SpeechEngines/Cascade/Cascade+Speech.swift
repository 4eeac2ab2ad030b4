import AsyncAlgorithms
import AudioDSP

extension Cascade {
    /// What is left when all of an answer's text has been passed on.
    private struct Thought {
        var calls: [FunctionCallStep] = []
        var completion: LanguageModelEvent.Completion?
    }

    /// Thinks and speaks at the same time: the language model makes the next clause while the voice says this one.
    func speak(
        _ request: Request, _ speech: Speech, _ report: @escaping @Sendable (Event) async throws -> Void
    ) async throws {
        // A clause waits here until the voice takes it; the model's own stream holds what comes after.
        let clauses = AsyncChannel<String>()
        let thought = try await withThrowingTaskGroup(of: Thought?.self) { group in
            group.addTask {
                defer { clauses.finish() }
                return try await think(request, report: report) { await clauses.send($0) }
            }
            group.addTask {
                try await say(clauses, speech, report)
                return nil
            }
            var thought: Thought?
            while let result = try await group.next() { thought = result ?? thought }
            return thought
        }
        try Task.checkCancellation()
        // A message is whole before a call begins (docs/protocol.md C.9).
        for step in thought?.calls ?? [] { try await report(.call(step)) }
        try await report(.finished(Self.whole(thought?.completion)))
    }

    private func think(
        _ request: Request, report: @Sendable (Event) async throws -> Void, say: (String) async -> Void
    ) async throws -> Thought {
        var words = WordSplitter()
        var clauses = ClauseChunker()
        var thought = Thought()
        var isSpeaking = false
        for try await event in languageModel.generate(request.prompt, request.options) {
            switch event {
            case .text(let text):
                isSpeaking = true
                for character in text {
                    // A word is told as soon as it is whole, and before the clause that says it.
                    for word in words.append(String(character)) { try await report(.text(word)) }
                    guard let clause = clauses.append(character) else { continue }
                    if clause.last == character {
                        for word in words.finish() { try await report(.text(word)) }
                    }
                    await say(clause)
                }
                if let clause = clauses.endToken() { await say(clause) }
            case .call(let step):
                if isSpeaking { thought.calls.append(step) } else { try await report(.call(step)) }
            case .finished(let end): thought.completion = end
            }
        }
        for word in words.finish() { try await report(.text(word)) }
        if let clause = clauses.finish() { await say(clause) }
        return thought
    }

    private func say(
        _ clauses: AsyncChannel<String>, _ speech: Speech, _ report: @Sendable (Event) async throws -> Void
    ) async throws {
        // One resampler for the whole answer, so that clauses join without a click.
        let resampler = try Resampler(from: synthesizer.sampleRate, to: speech.sampleRate)
        var unsaid: String?
        var said = Duration.zero
        let start = ContinuousClock.now
        for await clause in clauses {
            unsaid = (unsaid ?? "") + clause
            // Due when what has been sent so far has been heard.
            let deadline = Deadline(max(start + said, .now))
            let pieces = synthesizer.synthesize(clause, voice: speech.voice, speed: speech.speed, by: deadline)
            for try await piece in pieces {
                let samples = PCM16.integers(resampler.process(piece))
                guard !samples.isEmpty else { continue }
                said += .seconds(Double(samples.count) / Double(speech.sampleRate))
                try await report(.sound(clause: unsaid, samples: samples))
                unsaid = nil
            }
        }
        let tail = PCM16.integers(resampler.finish())
        if !tail.isEmpty { try await report(.sound(clause: unsaid, samples: tail)) }
    }
}
