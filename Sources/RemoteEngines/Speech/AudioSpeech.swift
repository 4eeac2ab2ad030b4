import AudioDSP
import NIOCore
import RealtimeProtocol
public import SpeechEngines

/// A voice behind `POST …/audio/speech`: OpenAI, Azure OpenAI, Speaches and others. The sound streams as raw samples, 16 bits at
/// 24 kHz.
public struct AudioSpeech: SpeechSynthesizer {
    /// Samples a second.
    public let sampleRate = 24_000
    /// The names of its voices; the first is the default.
    public let voices: [String]
    private let service: RemoteService
    private let model: String

    /// A voice.
    ///
    /// - Parameters:
    ///   - model: its name there: `tts-1`, `gpt-4o-mini-tts`, `kokoro` …
    ///   - voices: those that it has, at least one.
    public init(_ endpoint: RemoteEndpoint, model: String, voices: [String]) {
        service = RemoteService(endpoint: endpoint)
        self.model = model
        self.voices = voices
    }

    /// The sound of a clause, as it comes.
    public func synthesize(
        _ clause: String, voice: String, speed: Double, by deadline: Deadline
    ) -> AsyncThrowingStream<[Float], any Error> {
        AsyncThrowingStream { continuation in
            guard clause.contains(where: { $0.isLetter || $0.isNumber }) else { return continuation.finish() }
            let task = Task {
                do {
                    let body: JSONValue = [
                        "model": .string(model), "input": .string(clause), "response_format": "pcm",
                        "voice": .string(voices.contains(voice) ? voice : voices.first ?? voice),
                        "speed": .number(speed),
                    ]
                    let samples = SampleReader()
                    try await service.post("audio/speech", body) { piece in
                        let read = await samples.read(piece)
                        if !read.isEmpty { continuation.yield(read) }
                        return true
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    /// Puts samples together that were cut in the middle.
    private actor SampleReader {
        private var half: UInt8?

        func read(_ piece: ByteBuffer) -> [Float] {
            var bytes = half.map { [$0] } ?? []
            bytes += piece.readableBytesView
            half = bytes.count.isMultiple(of: 2) ? nil : bytes.removeLast()
            return PCM16.floats(PCM16.decode(bytes))
        }
    }
}
