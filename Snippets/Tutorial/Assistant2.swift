import Foundation
import RealtimeClient

let session = try await RealtimeSession.connect(to: .url("ws://localhost:8080"))
try await session.send("What is the capital of France?")
let response = try await session.generateResponse()
var sound = Data()
for try await case .message(let message) in response {
    for try await case .audio(let audio) in message {
        async let words = audio.transcript()
        for try await chunk in audio.audioChunks { sound += chunk }
        print(try await words)
    }
}
// 16 bits a sample, 24 000 samples a second: aplay -f S16_LE -r 24000 answer.pcm
try sound.write(to: URL(filePath: "answer.pcm"))
await session.close()
