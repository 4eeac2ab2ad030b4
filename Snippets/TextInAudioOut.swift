// Ask in writing, hear the answer.

import RealtimeClient

func play(_ chunk: [UInt8]) {}

// snippet.show
let session = try await RealtimeSession.connect(to: .url("ws://localhost:8080"))
try await session.send("What is the capital of France?")
let response = try await session.generateResponse()
for try await case .message(let message) in response {
    for try await case .audio(let audio) in message {
        async let words = audio.transcript()
        for try await chunk in audio.audioChunks { play(chunk) }
        print(try await words)
    }
}
await session.close()
