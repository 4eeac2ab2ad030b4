#if LOCAL_ENGINES
public import SpeechEngines

/// A Piper voice, told what to pronounce.
public struct PiperVoice: SpeechSynthesizer {
    /// The voice's own rate; 22 050 Hz for those called medium and high.
    public let sampleRate: Int
    /// The one voice.
    public let voices: [String]

    private let pronunciation: any Pronunciation
    private let known: Set<Int32>
    private let thread: ModelThread<PiperModel>

    /// Frames that are made at first, for somebody waits: 0.19 s of sound. Each further portion is twice as long, up to
    /// ``longestPortion``: the voice makes sound some ten times as fast as it is heard.
    private static let firstPortion = 16
    /// Frames that are made at most before somebody else has a turn: 1.1 s of sound.
    private static let longestPortion = 96

    /// Loads the voice in `files`.
    ///
    /// - Parameters:
    ///   - name: what the voice is called.
    ///   - files: the voice; see ``PiperFiles``.
    ///   - pronunciation: turns text into phonemes.
    /// - Throws: ``EngineError`` when the files can't be used.
    public init(name: String, files: PiperFiles, pronunciation: any Pronunciation) async throws {
        self.pronunciation = pronunciation
        voices = [name]
        sampleRate = files.sampleRate
        known = Set(files.symbols.keys)
        thread = try await ModelThread(name: "voice \(name)", share: .process) { try PiperModel(files) }
    }

    /// The sound of `clause`.
    public func synthesize(
        _ clause: String, voice: String, speed: Double, by deadline: Deadline
    ) -> AsyncThrowingStream<[Float], any Error> {
        ClauseStream.make(clause, speed: speed, rate: sampleRate, by: deadline) {
            [pronunciation, known, thread] piece, speed, utterance in
            let phonemes = try pronunciation.phonemes(piece).unicodeScalars.map { Int32($0.value) }
                .filter(known.contains)
            guard phonemes.contains(where: isSound) else { return }
            let plan = try await run(thread, by: utterance.due) {
                try $0.plan(phonemes, speed: Float(speed), until: $1)
            }
            var start = 0
            var portion = Self.firstPortion
            while start < plan.count {
                // A short rest is no portion of its own.
                let end = plan.count - start < portion * 3 / 2 ? plan.count : start + portion
                let range = start..<end
                utterance.say(try await run(thread, by: utterance.due) { try $0.sound(of: plan, range, until: $1) })
                start = end
                portion = min(2 * portion, Self.longestPortion)
            }
        }
    }

    /// Ends the voice's thread; later calls throw.
    public func close() async { await thread.close() }
}

/// What `body` makes of the model. A second of sound takes a tenth of one: when nobody wants it any more it ends at once.
private func run<Value: Sendable>(
    _ thread: ModelThread<PiperModel>, by deadline: Deadline,
    _ body: @escaping @Sendable (PiperModel, OnnxStop) throws -> Value
) async throws -> Value {
    let stop = try OnnxStop()
    return try await withTaskCancellationHandler {
        try await thread.run(by: deadline) { try body($0, stop) }
    } onCancel: {
        stop()
    }
}

/// Whether a phoneme's code point is more than a space or a mark.
private func isSound(_ codePoint: Int32) -> Bool {
    UInt32(exactly: codePoint).flatMap(Unicode.Scalar.init)?.properties.isAlphabetic ?? false
}
#endif
