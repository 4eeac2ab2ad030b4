#if LOCAL_ENGINES
public import SpeechEngines

/// A Piper voice through sherpa-onnx, told what to pronounce.
public struct PiperVoice: SpeechSynthesizer {
    /// The voice's own rate; 22 050 Hz for those called medium and high.
    public let sampleRate: Int
    /// The one voice.
    public let voices: [String]

    private let pronunciation: any Pronunciation
    /// What the voice can say; sherpa-onnx complains about each other code point.
    private let known: Set<Int32>
    private let thread: ModelThread<PiperModel>

    /// Loads the voice in `files`.
    ///
    /// - Parameters:
    ///   - name: what the voice is called.
    ///   - files: the voice; see ``PiperFiles``.
    ///   - pronunciation: turns text into phonemes.
    /// - Throws: ``EngineError`` when the tokens can't be read. A damaged model ends the process; see ``ModelProbe``.
    public init(name: String, files: PiperFiles, pronunciation: any Pronunciation) async throws {
        self.pronunciation = pronunciation
        voices = [name]
        known = try files.phonemes()
        thread = try await ModelThread(name: "voice \(name)", share: .process) { try PiperModel(files) }
        sampleRate = try await thread.run(by: .now) { $0.sampleRate }
    }

    /// The sound of `clause`.
    public func synthesize(
        _ clause: String, voice: String, speed: Double, by deadline: Deadline
    ) -> AsyncThrowingStream<[Float], any Error> {
        ClauseStream.make(clause, speed: speed, rate: sampleRate, by: deadline) {
            [pronunciation, known, thread] piece, speed, deadline in
            try await thread.run(by: deadline) { model in
                let phonemes = try pronunciation.phonemes(piece).unicodeScalars.map { Int32($0.value) }
                    .filter(known.contains)
                guard phonemes.contains(where: isSound) else { return [] }
                return try model.speak(phonemes, speed: Float(speed))
            }
        }
    }

    /// Ends the voice's thread; later calls throw.
    public func close() async { await thread.close() }
}

/// Whether a phoneme's code point is more than a space or a mark.
private func isSound(_ codePoint: Int32) -> Bool {
    UInt32(exactly: codePoint).flatMap(Unicode.Scalar.init)?.properties.isAlphabetic ?? false
}
#endif
