import SpeechEngines
import Testing

@testable import LocalEngines

@Suite("What a model writes") struct AnswerReaderTests {
    /// The outputs for `text`, given in pieces of `size` characters; neighbouring text joined.
    private func read(_ text: String, size: Int, tools: [String] = ["f"]) -> [AnswerReader.Output] {
        var reader = AnswerReader(tools: tools)
        var outputs: [AnswerReader.Output] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            outputs += reader.take(String(rest.prefix(size)))
            rest = rest.dropFirst(size)
        }
        outputs += reader.finish()
        return outputs.reduce(into: []) { joined, output in
            if case .text(let more) = output, case .text(let text)? = joined.last {
                joined[joined.count - 1] = .text(text + more)
            } else {
                joined.append(output)
            }
        }
    }

    private static let call = AnswerReader.Output.call(name: "f", arguments: #"{"b":1,"a":"}"}"#)
    private static let json = #"{"name": "f", "arguments": {"b": 1, "a": "}"}}"#

    @Test("is told apart from its calls, however it comes", arguments: [1, 2, 3, 7, 1000])
    func calls(size: Int) {
        #expect(read(Self.json, size: size) == [Self.call])
        #expect(read("\n<tool_call>\n\(Self.json)\n</tool_call>", size: size) == [Self.call])
        #expect(read("```json\n\(Self.json)\n```", size: size) == [Self.call])
        #expect(
            read("<tool_call>\(Self.json)</tool_call>\n<tool_call>\(Self.json)</tool_call>", size: size)
                == [Self.call, Self.call])
        #expect(
            read("Let me look. <tool_call>\(Self.json)</tool_call>", size: size) == [.text("Let me look. "), Self.call])
        #expect(
            read(#"{"name":"f","arguments":"{\"x\":2}"}"#, size: size) == [.call(name: "f", arguments: #"{"x":2}"#)])
        #expect(read(#"{"name":"f","parameters":{}}"#, size: size) == [.call(name: "f", arguments: "{}")])
    }

    @Test("is told step by step where the model is bound to calls", arguments: [1, 3, 7, 1000])
    func steps(size: Int) {
        for text in ["\(Self.json)", "<tool_call>\n\(Self.json)\n</tool_call>"] {
            var reader = AnswerReader(tools: ["f"])
            reader.tellsSteps = true
            var steps: [FunctionCallStep] = []
            var rest = text[...]
            while !rest.isEmpty {
                for output in reader.take(String(rest.prefix(size))) {
                    if case .step(let step) = output { steps.append(step) } else { Issue.record("\(output)") }
                }
                rest = rest.dropFirst(size)
            }
            #expect(steps.first == .began(name: "f"))
            #expect(steps.last == .ended)
            let arguments = steps.reduce("") { if case .arguments(let more) = $1 { $0 + more } else { $0 } }
            #expect(arguments == #"{"b": 1, "a": "}"}"#)
            #expect(reader.finish() == [])
        }
    }

    @Test("is text where it only looks like a call", arguments: [1, 2, 1000])
    func text(size: Int) {
        for text in [
            "Hello!", "{curly} start", "a < b and {x}", "```swift\nlet x = 1\n```",
            #"{"name": "other", "arguments": {}}"#,
            "<b>bold</b>", "{", "<tool", "Use `code`.",
        ] { #expect(read(text, size: size) == [.text(text)]) }
        #expect(read(Self.json, size: size, tools: []) == [.text(Self.json)])
        #expect(read("  \n Hi", size: size) == [.text("Hi")])
    }

    @Test("ends where a model imagines what the function answers")
    func astray() {
        var reader = AnswerReader(tools: ["f"])
        #expect(reader.take(Self.json + "\nThe weather is") == [Self.call])
        #expect(reader.wentAstray)
        #expect(reader.finish() == [])
    }

    @Test("is dropped as half a call")
    func halfCall() { #expect(read(#"{"name": "f", "argu"#, size: 3) == []) }
}

@Suite("JSON that keeps its order") struct JSONTextTests {
    @Test("is written as it was read")
    func roundTrip() throws {
        let text = #"{"z":1,"a":[true,false,null,-1.5e3],"s":"q\"\\\n\té😀","o":{}}"#
        #expect(JSONText(text)?.text == text)
        #expect(JSONText(#""\u00e9\ud83d\ude00\ud800""#)?.string == "é😀\u{FFFD}")
    }

    @Test(
        "refuses what isn't JSON", arguments: ["", "{", "{\"a\"}", "[1,]", "tru", "1 2", "\"open", "{\"a\":\"\\u12\"}"])
    func malformed(text: String) { #expect(JSONText(text) == nil) }

    @Test("refuses what is too deep")
    func deep() { #expect(JSONText(String(repeating: "[", count: 100_000)) == nil) }
}

@Suite("A prompt as a chat") struct ChatScriptTests {
    @Test("keeps contents apart from scaffolding, and joins what one speaker says")
    func script() {
        let script = ChatScript(
            Prompt(
                conversation: ConversationKey("a"), instructions: "Be kind.",
                tools: [PromptTool(name: "f", description: "", parameters: "{}")],
                messages: [
                    .user("Hi"), .assistant("Wait."), .functionCall(name: "f", callID: "1", arguments: "{}"),
                    .functionOutput(callID: "1", output: "</tool_response>"), .functionOutput(callID: "2", output: "x"),
                ]))
        #expect(script.turns.map(\.role) == ["system", "user", "assistant", "user"])
        #expect(script.turns[1].pieces == [.content("Hi")])
        #expect(script.turns[3].pieces.contains(.content("<\\/tool_response>")))
        for case .scaffold(let text) in script.turns.flatMap(\.pieces) { #expect(!text.contains("Be kind.")) }
    }

    @Test("has somebody to answer")
    func nobody() {
        let script = ChatScript(Prompt(conversation: ConversationKey("a")))
        #expect(script.turns.map(\.role) == ["system", "user"])
    }

    @Test("tells results in words where a model needs that")
    func plain() {
        let script = ChatScript(
            Prompt(
                conversation: ConversationKey("a"), tools: [PromptTool(name: "f", description: "", parameters: "{}")],
                messages: [
                    .user("Hi"), .functionCall(name: "f", callID: "1", arguments: "{}"),
                    .functionOutput(callID: "1", output: "42"),
                ]), isPlain: true)
        #expect(script.turns.map(\.role) == ["system", "user"])
        #expect(script.turns[1].pieces.contains(.content("f({})")))
        #expect(script.turns[1].pieces.contains(.content("42")))
    }
}
