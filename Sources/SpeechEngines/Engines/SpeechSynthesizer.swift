/// Says a clause aloud.
public protocol SpeechSynthesizer: Sendable {
    /// Samples per second of what it produces.
    var sampleRate: Int { get }

    /// The names of the voices it has; the first is its default.
    var voices: [String] { get }

    /// The sound of `clause`.
    ///
    /// - Parameters:
    ///   - clause: text as it is written, of any kind and length; an engine says what it can and leaves out the rest.
    ///   - voice: one of ``voices``; any other name stands for the default.
    ///   - speed: 0.25…1.5, where 1 is the voice's own pace.
    ///   - deadline: when the listener needs the first sample.
    /// - Returns: mono samples at ``sampleRate``, −1…1, in pieces as they are made. Nothing for text without a word.
    func synthesize(
        _ clause: String, voice: String, speed: Double, by deadline: Deadline
    ) -> AsyncThrowingStream<[Float], any Error>
}
