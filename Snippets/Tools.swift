// A function that the model may call.

import RealtimeClient
import RealtimeProtocol

// snippet.show
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
print(try await response.followUp()?.text() ?? "")
await session.close()
