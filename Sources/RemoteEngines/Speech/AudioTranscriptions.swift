import AudioDSP
import Foundation
import NIOCore
import RealtimeProtocol
public import SpeechEngines

/// A recognizer behind `POST …/audio/transcriptions`: OpenAI, Azure OpenAI, Speaches, whisper.cpp's server and others.
///
/// An utterance goes there as a WAV file when the turn may be over. What is only guessed meanwhile is not asked for: it would
/// cost a request for each pause, and money where it is somebody else's.
public struct AudioTranscriptions: SpeechRecognizer {
    /// ISO 639-1 codes of the languages it understands.
    public let languages: [String]
    /// Seconds. The services take 25 MB.
    public let longestUtterance = 600.0
    private let service: RemoteService
    private let model: String

    private static let longestAnswer = 1 << 20

    /// A recognizer.
    ///
    /// - Parameters:
    ///   - model: its name there: `whisper-1`, `gpt-4o-mini-transcribe` …
    ///   - languages: with one alone the service is told which it is.
    public init(_ endpoint: RemoteEndpoint, model: String, languages: [String] = ["en"]) {
        service = RemoteService(endpoint: endpoint)
        self.model = model
        self.languages = languages
    }

    /// The words of an utterance; nothing for a mere guess.
    public func transcribe(_ samples: [Float], by deadline: Deadline) async throws -> String {
        guard deadline != .never, !samples.isEmpty else { return "" }
        var form = MultipartForm()
        form.add("model", model)
        form.add("response_format", "json")
        if languages.count == 1 { form.add("language", languages[0]) }
        form.add(file: "speech.wav", type: "audio/wav", Self.wav(samples))
        let body = try await service.collect(
            "audio/transcriptions", form.contentType, form.body, upTo: Self.longestAnswer)
        guard let text = (try? JSONValue(parsing: Array(body.readableBytesView)))?["text"]?.string else {
            throw EngineError(
                .failed, "The engine at \(service.endpoint.url) failed: its answer to a transcription has no text.")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func wav(_ samples: [Float]) -> [UInt8] {
        WAV(samples: PCM16.integers(samples), rate: 16_000).bytes
    }
}
