import RealtimeClient
import RealtimeProtocol
import WAVFile

/// Takes turns by hand: the client says where each one ends, and when it wants an answer.
///
///     swift run NoVAD first.wav second.wav …
@main struct NoVAD {
    static func main() async throws {
        let settings = try RealtimeSettings()
        let session = try await RealtimeSession.connect(to: settings.service, credential: settings.credential)
        try await session.configure { settings in
            settings.audio = SessionPatch.Audio()
            settings.audio?.input = SessionPatch.Input()
            settings.audio?.input?.turnDetection = .null
            settings.audio?.input?.transcription = .value(Transcription(model: "whisper-1"))
        }
        for path in CommandLine.arguments.dropFirst() {
            try await session.sendAudio(WAVFile(path: path).audio)
            let item = try await session.commitAudio()
            let response = try await session.generateResponse()
            print("You: \(try await item.completion().transcript ?? "")")
            print("Answer: \(try await response.text())")
        }
        await session.close()
    }
}
