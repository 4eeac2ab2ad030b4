import Foundation
public import RealtimeProtocol

/// A function that a session's model may call and that the session carries out and answers by itself.
///
/// ```swift
/// struct Place: Decodable { var city: String }
/// let weather = RealtimeTool("get_weather", description: "The weather in a city.", parameters: [
///     "type": "object", "properties": ["city": ["type": "string"]], "required": ["city"],
/// ]) { (place: Place) in "Sunny in \(place.city), 24 degrees." }
/// ```
public struct RealtimeTool: Sendable {
    /// How the model sees it.
    public let definition: FunctionTool
    let perform: @Sendable (String) async -> String

    /// A function.
    ///
    /// - Parameters:
    ///   - name: letters, digits, `_` and `-`.
    ///   - description: when to call it, for the model.
    ///   - parameters: the JSON Schema of the arguments.
    ///   - perform: carries it out. A `String` goes to the model as it is, anything else as JSON. What it throws, and
    ///     arguments that cannot be read, are told to the model as `{"error":…}`, which then knows what to say.
    public init<Arguments: Decodable & SendableMetatype, Output: Encodable & SendableMetatype>(
        _ name: String, description: String, parameters: JSONValue,
        perform: @escaping @Sendable (Arguments) async throws -> Output
    ) {
        definition = FunctionTool(name: name, description: description, parameters: parameters)
        self.perform = { text in
            do {
                let output = try await perform(
                    JSONDecoder().decode(Arguments.self, from: Data((text.isEmpty ? "{}" : text).utf8)))
                if let output = output as? String { return output }
                return String(decoding: try JSONEncoder().encode(output), as: UTF8.self)
            } catch {
                let problem: JSONValue = ["error": .string("\(error)")]
                return String(decoding: problem.bytes, as: UTF8.self)
            }
        }
    }
}
