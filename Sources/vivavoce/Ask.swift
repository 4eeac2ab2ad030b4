import ArgumentParser
import AudioDSP
import Foundation
import RealtimeClient
import RealtimeProtocol

/// `vivavoce ask`
struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask one question and hear the answer.",
        discussion: """
            Written or spoken, to this machine or to any Realtime server:

              vivavoce ask "What is the capital of France?" --out answer.wav
              vivavoce ask --audio question.wav
              vivavoce ask "Hello!" --url ws://127.0.0.1:8080 --api-key KEY

            The answer's words are printed as they are spoken.
            """)

    @Argument(help: "The question, in words.") var text: String?
    @Option(help: "The question, spoken: a WAV file.") var audio: String?
    @OptionGroup var server: ServerOptions
    @Option(help: "Where to write the spoken answer (WAV, 24 kHz).") var out: String?
    @Option(help: "The voice of the answer.") var voice: String?

    func validate() throws {
        guard (text == nil) != (audio == nil) else {
            throw ValidationError("Say what to ask: either some text, or --audio with a WAV file.")
        }
    }

    func run() async throws {
        let question = try audio.map { try SpeechFile.samples(in: $0) }
        let answer = try await server.withSession { session in try await ask(session, question) }
        print()
        guard let out else { return }
        try SpeechFile.write(answer, to: out)
        print("\(out): \(String(format: "%.1f", Double(answer.count) / 24_000)) s")
    }

    private func ask(_ session: RealtimeSession, _ question: [Int16]?) async throws -> [Int16] {
        try await session.configure { settings in
            settings.audio = SessionPatch.Audio()
            settings.audio?.input = SessionPatch.Input()
            settings.audio?.input?.turnDetection = .null
            if question != nil { settings.audio?.input?.transcription = .value(Transcription(model: "whisper-1")) }
            guard let voice else { return }
            settings.audio?.output = SessionPatch.Output()
            settings.audio?.output?.voice = Voice(voice)
        }
        var heard: InputAudioItem?
        if let question {
            try await session.sendAudio(question)
            heard = try await session.commitAudio()
        } else if let text {
            try await session.send(text)
        }
        let response = try await session.generateResponse()
        if let transcript = try await heard?.completion().transcript { print("(heard: \(transcript))") }
        var samples: [Int16] = []
        for try await case .message(let message) in response {
            for try await content in message {
                switch content {
                case .text(let text): for try await chunk in text.textChunks { show(chunk) }
                case .audio(let audio):
                    for try await chunk in audio.transcriptChunks { show(chunk) }
                    samples += try await PCM16.decode(audio.audio())
                }
            }
        }
        if let error = try await response.completion().statusDetails?.error {
            throw Failure("The answer failed: \(error.message ?? error.code ?? error.type)")
        }
        return samples
    }

    private func show(_ words: String) {
        print(words, terminator: "")
        fflush(nil)
    }
}
