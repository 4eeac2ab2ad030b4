import RealtimeClient
import RealtimeProtocol
import WAVFile

/// Writes a recording down, turn by turn, and answers nothing.
///
///     swift run Transcribe interview.wav
@main struct Transcribe {
    static func main() async throws {
        guard let path = CommandLine.arguments.dropFirst().first else {
            return print("Usage: Transcribe interview.wav")
        }
        let recording = try WAVFile(path: path)
        let settings = try RealtimeSettings()
        let session = try await RealtimeSession.connect(to: settings.service, credential: settings.credential)
        try await session.configure { settings in
            var detection = TurnDetection.ServerVAD()
            detection.createResponse = false
            detection.silenceDurationMs = 500
            settings.audio = SessionPatch.Audio()
            settings.audio?.input = SessionPatch.Input()
            settings.audio?.input?.turnDetection = .value(.serverVAD(detection))
            settings.audio?.input?.transcription = .value(Transcription(model: "whisper-1"))
        }
        try await session.sendAudio(recording.audio)
        try await session.sendAudio([UInt8](repeating: 0, count: 48_000))  // a second of silence ends the last turn
        let listening = Task {
            for try await case .inputAudio(let item) in session.events {
                let turn = try await item.completion()
                print("\(item.audioStartMs ?? 0)–\(turn.audioEndMs ?? 0) ms: \(turn.transcript ?? "")")
            }
        }
        try await session.finishInput()
        await session.close()
        try await listening.value
    }
}
