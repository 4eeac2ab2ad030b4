#if LOCAL_ENGINES
import Foundation
public import SpeechEngines

/// The voice slt of flite, Debian's small synthesizer: plainer than Piper's, and free of any trained-model licence.
public struct FliteVoice: SpeechSynthesizer {
    /// 16 000 Hz.
    public var sampleRate: Int { FliteModel.sampleRate }
    /// The one voice, `slt`.
    public let voices = ["slt"]

    private let thread: ModelThread<FliteModel>

    /// Loads the voice, which is part of the library.
    public init() async throws {
        thread = try await ModelThread(name: "voice slt", share: .process) { try FliteModel() }
    }

    /// The sound of `clause`.
    public func synthesize(
        _ clause: String, voice: String, speed: Double, by deadline: Deadline
    ) -> AsyncThrowingStream<[Float], any Error> {
        ClauseStream.make(clause, speed: speed, rate: sampleRate, by: deadline) { [thread] piece, speed, utterance in
            let words = Self.ascii(EnglishPronunciation.spokenWords(piece))
            guard words.contains(where: { $0.isLetter || $0.isNumber }) else { return }
            utterance.say(try await thread.run(by: utterance.due) { try $0.speak(words, speed: Float(speed)) })
        }
    }

    /// Ends the voice's thread; later calls throw.
    public func close() async { await thread.close() }

    /// flite reads bytes: letters without their accents, and nothing that isn't ASCII.
    private static func ascii(_ text: String) -> String {
        let folded = text.folding(options: .diacriticInsensitive, locale: nil)
        return String(folded.map { $0.isASCII && $0 != "\0" ? $0 : $0 == "’" ? "'" : " " })
    }
}
#endif
