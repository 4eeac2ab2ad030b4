#if LOCAL_ENGINES
@testable import LocalEngines
import SpeechEngines
import Testing

extension EngineTests {
    @Suite("Function calls of models") struct FunctionCallTests {
        private static let weather = PromptTool(
            name: "get_weather", description: "Get the current weather in a city",
            parameters: """
                {"type":"object","properties":{"city":{"type":"string"},\
                "unit":{"type":"string","enum":["celsius","fahrenheit"]}},"required":["city"]}
                """)
        private static let alarm = PromptTool(
            name: "set_alarm", description: "Set an alarm",
            parameters: """
                {"type":"object","properties":{"hour":{"type":"integer","minimum":0,"maximum":23},\
                "minute":{"type":"integer"},"days":{"type":"array","items":{"type":"string"}},\
                "repeat":{"type":"boolean"}},"required":["hour","minute"]}
                """)

        private func prompt(_ choice: PromptToolChoice, _ messages: [PromptMessage]) -> Prompt {
            Prompt(
                conversation: ConversationKey("tools"), instructions: LanguageModelTests.instructions,
                tools: [Self.weather, Self.alarm], toolChoice: choice, messages: messages)
        }

        @Test("come when they are required, well-formed", arguments: ["smollm2-135m", "qwen2.5-coder-0.5b"])
        func required(name: String) async throws {
            let model = try await (name.hasPrefix("smol") ? Engines.smallModel : Engines.standardModel).value
            for choice in [PromptToolChoice.required, .function("set_alarm")] {
                let answer = try await Answer(
                    model, prompt(choice, [.user("Wake me at half past seven.")]),
                    GenerationOptions(maxTokens: 150, temperature: 0.6, seed: 4))
                let call = try #require(answer.calls.first, "\(name): «\(answer.text)»")
                print("\(name), \(choice): \(call.name) \(call.arguments)")
                #expect(answer.text.isEmpty)
                let arguments = try #require(JSONText(call.arguments))
                if call.name == "set_alarm" {
                    guard case .number(let hour)? = arguments["hour"] else {
                        Issue.record("no hour in \(call.arguments)")
                        continue
                    }
                    #expect((0...23).contains(Int(hour) ?? -1))
                    #expect(arguments["minute"] != nil)
                } else {
                    #expect(choice == .required && call.name == "get_weather")
                    #expect(arguments["city"]?.string != nil)
                }
            }
        }

        @Test("come by themselves, and their results are told")
        func roundTrip() async throws {
            let model = try await Engines.standardModel.value
            let question = PromptMessage.user("What is the weather in Paris?")
            let asked = try await Answer(model, prompt(.auto, [question]), GenerationOptions(temperature: 0))
            let call = try #require(asked.calls.first, "«\(asked.text)»")
            #expect(call.name == "get_weather")
            #expect(call.arguments.contains("Paris"))
            #expect(asked.text.isEmpty)

            let messages: [PromptMessage] = [
                question, .functionCall(name: call.name, callID: "1", arguments: call.arguments),
                .functionOutput(callID: "1", output: #"{"temperature": 21, "sky": "sunny"}"#),
            ]
            let told = try await Answer(
                model, prompt(.auto, messages), GenerationOptions(maxTokens: 60, temperature: 0))
            #expect(told.calls.isEmpty)
            #expect(told.text.contains("21") || told.text.contains("sunny"), "«\(told.text)»")
            #expect(!told.text.contains("{"))
        }

        @Test("don't come when they are forbidden")
        func none() async throws {
            let model = try await Engines.standardModel.value
            let answer = try await Answer(
                model, prompt(.none, [.user("What is the weather in Paris?")]),
                GenerationOptions(maxTokens: 30, temperature: 0))
            #expect(answer.calls.isEmpty)
            #expect(!answer.text.isEmpty)
        }

        @Test("of a function that isn't there are refused")
        func unknownFunction() async throws {
            let model = try await Engines.smallModel.value
            await #expect(throws: EngineError.self) {
                try await Answer(model, prompt(.function("launch"), [.user("Go!")]))
            }
        }

        @Test("A tool with any schema, or none, leaves the model usable")
        func oddSchemas() async throws {
            let model = try await Engines.smallModel.value
            let schemas = [
                "", "{}", "not JSON", "[1,2]", #"{"type":"object"}"#, #"{"type":"object","properties":{}}"#,
                #"{"type":"object","properties":{"a\"\\\n":{"enum":["x\"y",1,null]}},"required":["nobody"]}"#,
                #"{"type":"object","properties":{"n":{"anyOf":[{"type":"null"},{"type":["integer","string"]}]}}}"#,
                ##"{"type":"object","properties":{"o":{"$ref":"#/$defs/x"}},"required":["o"]}"##,
            ]
            var odd = prompt(.required, [.user("Do it.")])
            odd.tools = schemas.enumerated().map { index, schema in
                PromptTool(name: "odd \"\(index)\"\n", description: "", parameters: schema)
            }
            for (tool, schema) in zip(odd.tools, schemas) {
                odd.toolChoice = .function(tool.name)
                let answer = try await Answer(model, odd, GenerationOptions(maxTokens: 24, temperature: 0))
                #expect(answer.calls.map(\.name) == [tool.name] || answer.completion.reachedLimit, "\(schema)")
                #expect(answer.text.isEmpty)
            }
        }
    }
}
#endif
