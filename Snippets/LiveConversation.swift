// Talk, and be interrupted: the service finds the turns.

import RealtimeClient
import RealtimeProtocol

struct Player {
    func play(_ chunk: [UInt8], of item: ItemID) async {}
    func stop() async -> RealtimeSession.Heard? { nil }
}

func microphone() -> AsyncStream<[Int16]> { AsyncStream { $0.finish() } }

// snippet.show
let player = Player()
var options = RealtimeSession.Options()
// The user speaks over an answer: stop, and tell what was heard of it. The model then knows, too.
options.interruption = { await player.stop() }
let session = try await RealtimeSession.connect(to: .url("ws://localhost:8080"), options: options)

let listening = Task {
    for await samples in microphone() { try await session.sendAudio(samples) }
}
for try await event in session.events {
    switch event {
    case .inputAudio(let item):
        Task { print("You:", try await item.completion().transcript ?? "") }
    case .response(let response):
        Task {
            for try await case .message(let message) in response {
                for try await case .audio(let audio) in message {
                    for try await chunk in audio.audioChunks { await player.play(chunk, of: audio.itemID) }
                }
            }
        }
    case .error(let error): print(error.message)
    case .unknown, .reconnected: break
    }
}
listening.cancel()
