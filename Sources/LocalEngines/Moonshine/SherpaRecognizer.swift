#if LOCAL_ENGINES
import Foundation
public import SpeechEngines

/// Speech recognition through sherpa-onnx: Moonshine in the presets, by path any offline model that is known here.
///
/// One thread serves final and partial requests in the order of their deadlines. The models are not streaming ones;
/// Moonshine's cost is proportional to the audio, so a partial hypothesis is the open utterance transcribed again.
public struct SherpaRecognizer: SpeechRecognizer {
    /// ISO 639-1 codes; Moonshine understands English only.
    public let languages: [String]

    /// Seconds in one piece; longer audio is cut at its quietest points and transcribed piece by piece.
    public let longestUtterance: Double

    /// Below this nothing can be said, and models invent words: 0.1 s at 16 kHz.
    private static let shortest = 1600

    private let thread: ModelThread<OfflineRecognizer>

    /// Loads the recognizer in `folder`.
    ///
    /// - Throws: ``EngineError`` when no model that is known here is in the folder. A damaged file ends the process;
    ///   see ``ModelProbe``.
    public init(folder: String) async throws {
        let files = try RecognizerFiles(folder: folder)
        languages = files.languages
        longestUtterance = files.longestUtterance
        thread = try await ModelThread(name: "speech recognizer", share: .process) { try OfflineRecognizer(files) }
    }

    /// The words of one utterance, trimmed, without the repetitions that models fall into.
    public func transcribe(_ samples: [Float], by deadline: Deadline) async throws -> String {
        guard samples.count >= Self.shortest else { return "" }
        var texts: [String] = []
        for range in UtteranceCut.pieces(of: samples, longest: Int(longestUtterance * 16000)) {
            let piece = Array(samples[range])
            let text = try await thread.run(by: deadline) { try $0.transcribe(piece) }
            let kept = RepetitionGuard.clean(text, seconds: Double(piece.count) / 16000)
            if !kept.isEmpty { texts.append(kept) }
        }
        return texts.joined(separator: " ")
    }

    /// Ends the recognizer's thread; later calls throw.
    public func close() async { await thread.close() }
}
#endif
