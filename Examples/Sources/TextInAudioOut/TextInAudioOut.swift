import Foundation
import RealtimeClient
import RealtimeProtocol

/// Asks in writing and is answered in a spoken voice: the quickstart, event by event.
///
///     OPENAI_BASE_URL=http://127.0.0.1:8080/v1 swift run TextInAudioOut "Please assist the user."
@main struct TextInAudioOut {
    static func main() async throws {
        let settings = try RealtimeSettings()
        FileHandle.standardError.write(Data((settings.signIn + "\n").utf8))
        let connection = try await RealtimeConnection.connect(to: settings.service, credential: settings.credential)

        let question = CommandLine.arguments.dropFirst().first ?? "Please assist the user."
        let item = Item(id: nil, body: .message(role: .user, content: [.inputText(question)]))
        try await connection.send(ClientEvent(.conversationItemCreate(ConversationItemCreate(item: item))))
        try await connection.send(ClientEvent(.responseCreate(ResponseCreate())))

        events: for try await event in connection.events {
            switch event.body {
            case .responseOutputTextDelta(let text), .responseOutputAudioTranscriptDelta(let text):
                print("Received text delta: \(text.delta)")
            case .responseOutputAudioDelta(let audio):
                print("Received \(Base64.decode(audio.delta.utf8)?.count ?? 0) bytes of audio data.")
            case .error(let event):
                print("Error: \(event.error.message)")
            case .responseDone: break events
            default: break
            }
        }
        await connection.close()
    }
}
