import RealtimeClient
import RealtimeProtocol

/// Asks a Realtime server for a greeting and prints its words.
@main struct MinimalClient {
    static func main() async throws {
        let url = CommandLine.arguments.dropFirst().first ?? "ws://127.0.0.1:8080/v1/realtime?model=gpt-realtime"
        let socket = try await WebSocketTransport.connect(to: url)
        try await socket.send(utf8: JSONValue(encoding: ClientEvent(.responseCreate(ResponseCreate()))).bytes)
        for try await case .text(let text) in socket.messages {
            let event = try JSONValue(parsing: text).decode(ServerEvent.self)
            switch event.body {
            case .responseOutputAudioTranscriptDelta(let delta): print(delta.delta, terminator: "")
            case .responseDone:
                print()
                return await socket.close()
            default: break
            }
        }
    }
}
