import Foundation
import RealtimeClient
import RealtimeProtocol

struct Place: Decodable { var city: String }

let weather = RealtimeTool(
    "get_weather", description: "The weather in a city.",
    parameters: ["type": "object", "properties": ["city": ["type": "string"]], "required": ["city"]]
) { (place: Place) in
    "Sunny in \(place.city), 24 degrees."
}

var options = RealtimeSession.Options()
options.tools = [weather]
let session = try await RealtimeSession.connect(to: .url("ws://localhost:8080"), options: options)
try await session.send("What is the weather in Rome?")
let response = try await session.generateResponse()
// The answer, or what is said after the function has been called.
let answer = try await response.followUp() ?? response
print(try await answer.text())
await session.close()
