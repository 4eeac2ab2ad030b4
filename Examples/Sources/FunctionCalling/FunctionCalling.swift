import RealtimeClient
import RealtimeProtocol

/// Lets the model call a function of this program.
///
///     swift run FunctionCalling "What is the weather in Rome?"
@main struct FunctionCalling {
    struct Place: Decodable { var city: String }
    struct Weather: Encodable { var city: String, sky: String, celsius: Int }

    static func main() async throws {
        var options = RealtimeSession.Options()
        options.tools = [
            RealtimeTool(
                "get_weather", description: "Tells the weather in a city.",
                parameters: [
                    "type": "object", "properties": ["city": ["type": "string", "description": "The city's name."]],
                    "required": ["city"],
                ]
            ) { (place: Place) in
                print("get_weather(\(place.city))")
                return Weather(city: place.city, sky: "clear", celsius: 24)
            }
        ]
        let settings = try RealtimeSettings()
        let session = try await RealtimeSession.connect(
            to: settings.service, credential: settings.credential, options: options)
        try await session.send(CommandLine.arguments.dropFirst().first ?? "What is the weather in Rome?")
        var response: RealtimeResponse? = try await session.generateResponse()
        while let current = response {
            let words = try await current.text()
            if !words.isEmpty { print("Answer: \(words)") }
            _ = try await current.completion()
            response = try await current.followUp()  // once the function has answered
        }
        await session.close()
    }
}
