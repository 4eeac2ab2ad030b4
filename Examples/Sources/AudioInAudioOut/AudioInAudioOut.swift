import RealtimeClient
import RealtimeProtocol
import WAVFile

/// Says a recording to the service, which hears where it ends, and saves the spoken answer.
///
///     swift run AudioInAudioOut question.wav answer.wav
@main struct AudioInAudioOut {
    static func main() async throws {
        guard CommandLine.arguments.count == 3 else { return print("Usage: AudioInAudioOut question.wav answer.wav") }
        let question = try WAVFile(path: CommandLine.arguments[1])
        let settings = try RealtimeSettings()
        let session = try await RealtimeSession.connect(to: settings.service, credential: settings.credential)
        try await session.configure { settings in
            settings.audio = SessionPatch.Audio()
            settings.audio?.input = SessionPatch.Input()
            settings.audio?.input?.turnDetection = .value(.serverVAD(TurnDetection.ServerVAD()))
            settings.audio?.input?.transcription = .value(Transcription(model: "whisper-1"))
        }
        try await session.sendAudio(question.audio)
        try await session.sendAudio([UInt8](repeating: 0, count: 48_000))  // a second of silence ends the turn

        for try await event in session.events {
            switch event {
            case .inputAudio(let item):
                // Turns are told as they are heard; each is waited for on its own.
                Task { print("You said: \(try await item.completion().transcript ?? "")") }
            case .response(let response):
                try await save(response, to: CommandLine.arguments[2])
                return await session.close()
            case .error(let error): print("Error: \(error.message)")
            case .unknown, .reconnected: break
            }
        }
    }

    static func save(_ response: RealtimeResponse, to path: String) async throws {
        var answer = WAVFile(audio: [])
        for try await case .message(let message) in response {
            for try await case .audio(let audio) in message {
                answer.audio += try await audio.audio()
                print("Answer: \(try await audio.transcript())")
            }
        }
        try answer.write(to: path)
        print("\(path): \(answer.audio.count) bytes of audio data.")
    }
}
