// One event after another, each as it was sent.

import RealtimeClient
import RealtimeProtocol

// snippet.show
let connection = try await RealtimeConnection.connect(to: .url("ws://localhost:8080"), credential: .key("secret"))
try await connection.send(ClientEvent(.responseCreate(ResponseCreate())))
for try await event in connection.events {
    switch event.body {
    case .responseOutputAudioTranscriptDelta(let words): print(words.delta, terminator: "")
    case .responseDone: await connection.close()
    case nil: print("(unknown: \(event.type))")
    default: break
    }
}
