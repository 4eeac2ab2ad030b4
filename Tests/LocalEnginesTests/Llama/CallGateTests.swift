#if LOCAL_ENGINES
@testable import LocalEngines
import SpeechEngines
import Testing

extension EngineTests {
    @Suite("Call or words") struct CallGateTests {
        private static let lights = PromptTool(
            name: "setLights", description: "Turn the lights of a room on or off.",
            parameters: #"{"type":"object","properties":{"state":{"type":"string","enum":["dimmed"]}}}"#)
        private static let navigate = PromptTool(
            name: "navigate", description: "Start the way to a destination.", parameters: "not JSON")

        private func prompt(_ messages: PromptMessage...) -> Prompt {
            Prompt(conversation: ConversationKey("gate"), tools: [Self.lights, Self.navigate], messages: messages)
        }

        @Test(
            "Functions are relevant that share most words with the turn",
            arguments: [
                ("Lights on!", ["setLights"]), ("The rooms, dimmed, please.", ["setLights"]),
                ("Is the navigation in the room?", ["setLights", "navigate"]), ("Hello, and how are you?", []),
                ("", []),
            ])
        func relevance(said: String, names: [String]) {
            #expect(CallGate(prompt(.user(said))).relevant.map(\.name) == names)
        }

        @Test("A turn is what the user said last, with the question that it answers")
        func turn() {
            let asked: [PromptMessage] = [.user("The lights!"), .assistant("Of which room?"), .user("Five.")]
            #expect(CallGate(prompt(asked[0], asked[1], asked[2])).relevant == [Self.lights])
            #expect(CallGate(prompt(asked[0], .assistant("In this room."), asked[2])).relevant.isEmpty)
            #expect(CallGate(prompt(.assistant("Of which room?"))).relevant.isEmpty)
        }

        @Test("A relevant function needs less of the model's own will")
        func decision() {
            let related = CallGate(prompt(.user("Lights!")))
            let unrelated = CallGate(prompt(.user("Thanks!")))
            // The logit of the one token that calls begin with, beside that of another.
            func decide(_ gate: CallGate, _ odds: Float) -> CallGate.Decision {
                [0, odds].withUnsafeBufferPointer { gate.decide($0, callTokens: [1]) }
            }
            #expect(decide(related, 0) == .call)
            #expect(decide(related, -8) == .words)
            #expect(decide(unrelated, 8) == .call)
            #expect(decide(unrelated, 1) == .wordsWithoutFunctions)
            #expect(decide(unrelated, -1) == .words)
        }

        @Test("Who asks for no function hears words", arguments: ["smollm2-135m", "qwen2.5-coder-0.5b"])
        func words(name: String) async throws {
            let model = try await (name.hasPrefix("smol") ? Engines.smallModel : Engines.standardModel).value
            for said in ["Thank you, bye!", "Forget it, it's not important.", "Who painted the Mona Lisa?"] {
                let options = GenerationOptions(maxTokens: 30, seed: 1)
                let answer = try await Answer(model, prompt(.user(said)), options)
                #expect(answer.calls.isEmpty, "\(said)")
                #expect(answer.text.contains(where: \.isLetter) && !answer.text.contains("{"), "«\(answer.text)»")
            }
        }

        @Test("Even a tiny model calls what is asked for")
        func tiny() async throws {
            let model = try await Engines.smallModel.value
            let answer = try await Answer(
                model, prompt(.user("Set the lights, dimmed!")), GenerationOptions(maxTokens: 60, temperature: 0))
            #expect(answer.calls.map(\.name) == ["setLights"], "«\(answer.text)»")
        }
    }
}
#endif
