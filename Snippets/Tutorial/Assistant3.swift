import Foundation
import RealtimeClient

let session = try await RealtimeSession.connect(to: .url("ws://localhost:8080"))
// arecord -f S16_LE -r 24000 -d 5 question.pcm
let question = try Data(contentsOf: URL(filePath: "question.pcm"))
try await session.sendAudio([UInt8](question))
// Until the service has heard that you are done.
try await session.sendAudio([UInt8](repeating: 0, count: 48_000))

var sound = Data()
events: for try await event in session.events {
    switch event {
    case .inputAudio(let item):
        print("You:", try await item.completion().transcript ?? "")
    case .response(let response):
        for try await case .message(let message) in response {
            for try await case .audio(let audio) in message {
                for try await chunk in audio.audioChunks { sound += chunk }
                print("Assistant:", try await audio.transcript())
            }
        }
        break events
    case .error(let error): print(error.message)
    case .unknown, .reconnected: break
    }
}
try sound.write(to: URL(filePath: "answer.pcm"))
await session.close()
