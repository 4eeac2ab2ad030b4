#if LOCAL_ENGINES
import Foundation
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

        @Test("The model's will, a common word and the reading of the turn are added up")
        func decision() {
            let related = CallGate(prompt(.user("Lights!")))
            let unrelated = CallGate(prompt(.user("Thanks!")))
            typealias Row = (gate: CallGate, odds: Float, request: Float?, expected: CallGate.Decision)
            let rows: [Row] = [
                (related, 3, 1, .call), (related, -1, 1, .call), (related, 3, -2, .wordsWithoutFunctions),
                (related, -3, -1, .words), (unrelated, 3, 1, .call), (unrelated, 3, -1, .wordsWithoutFunctions),
                (unrelated, -3, 0, .words), (related, 3, nil, .call), (unrelated, -3, nil, .words),
            ]
            for row in rows {
                #expect(row.gate.decide(odds: row.odds, request: row.request) == row.expected, "\(row)")
            }
        }

        @Test(
            "A statement's clauses begin with their subjects and ask for nothing",
            arguments: [
                ("My alarm didn't ring this morning.", true), ("Alright, I'll walk there now.", true),
                ("The traffic was awful today.", true), ("It’s late! I'm tired.", true),
                ("The weather in Paris.", false), ("I'm cold, turn the heating up.", false),
                ("I'd like some tea.", false), ("Is it late?", false), ("It's late, isn't it?", false),
                ("Lights on.", false), ("Das Licht im Herbst ist so schön.", false), ("Okay.", false), ("", false),
            ])
        func statements(said: String, isOne: Bool) { #expect(Statement.isOne(said) == isOne) }

        @Test("A statement is no request, unless it answers a question")
        func statement() {
            let told = CallGate(prompt(.user("The lights were on all night.")))
            let answered = CallGate(prompt(.assistant("Which lights?"), .user("The lights that are on.")))
            #expect(told.decide(odds: 3, request: 0.2) == .wordsWithoutFunctions)
            #expect(answered.decide(odds: 3, request: 0.2) == .call)
        }

        @Test("The turn is read where that may change the answer")
        func need() {
            let related = CallGate(prompt(.user("Lights!")))
            let unrelated = CallGate(prompt(.user("Who are you?")))
            #expect(related.needsReading(odds: 3) && related.needsReading(odds: -1))
            #expect(!unrelated.needsReading(odds: -9))
        }

        @Test("Log-odds are those of the tokens that calls begin with")
        func odds() {
            let odds = [0, 3, 0].withUnsafeBufferPointer { CallGate.odds($0, callTokens: [1]) }
            #expect(abs(odds - (3 - log(2))) < 1e-4)
        }

        @Test("A turn is read after the functions, most relevant first, and kinds of talk; a question comes before it")
        func reading() {
            let plain = CallGate(prompt(.user("Way to go!"))).reading
            #expect(plain.tools.map(\.name) == ["navigate", "setLights"])
            #expect(plain.turn == "Way to go!\"")
            #expect(
                plain.beginnings.map(\.situation)
                    == [
                        "A user wants the assistant to do this: Start the way to a destination.",
                        "A user wants the assistant to do this: Turn the lights of a room on or off.",
                    ] + TurnReading.talk)
            #expect(Set(plain.beginnings.map(\.lead)) == [" The user says: \""])
            let answer = CallGate(prompt(.assistant("Which room?"), .user("This one."))).reading
            #expect(Set(answer.beginnings.map(\.lead)) == [" The assistant says: \"Which room?\" The user says: \""])
            let remark = CallGate(prompt(.assistant("In this room."), .user("Fine."))).reading
            #expect(Set(remark.beginnings.map(\.lead)) == [" The user says: \""])
        }

        @Test("A function without a description is read by its name; long ones are cut, and so are many")
        func bounds() {
            let bare = PromptTool(name: "open_gate", description: "", parameters: "{}")
            let long = PromptTool(name: "x", description: String(repeating: "word ", count: 100), parameters: "{}")
            let reading = TurnReading(of: "", tools: [bare, long] + Array(repeating: bare, count: 20))
            #expect(reading.beginnings[0].situation == "A user wants the assistant to do this: open gate.")
            #expect(reading.beginnings.allSatisfy { $0.situation.count < 220 })
            #expect(reading.beginnings.count < 12)
        }

        @Test("A turn is a request as far as it is likelier after the likeliest function than after any talk")
        func request() {
            let reading = TurnReading(of: "", tools: [Self.lights, Self.navigate])
            #expect(reading.request([-3, -2, -4, -2.5, -5]) == 0.5)
            #expect(reading.request([-3, -4, -4, -2.5, -5]) == -0.5)
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
