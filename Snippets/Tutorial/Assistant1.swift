import RealtimeClient

let session = try await RealtimeSession.connect(to: .url("ws://localhost:8080"))
try await session.send("What is the capital of France?")
let response = try await session.generateResponse()
print(try await response.text())
await session.close()
