import Foundation
import RealtimeProtocol
import SpeechEngines
import Testing

@testable import RemoteEngines

/// A language model by `chat/completions`, against a service that behaves and one that doesn't.
@Suite struct ChatCompletionsTests {
    typealias Step = StandIn.Step

    private static let prompt = Prompt(
        conversation: ConversationKey("c"), instructions: "Be brief.",
        tools: [PromptTool(name: "weather", description: "Tells it.", parameters: #"{"type":"object"}"#)],
        toolChoice: .function("weather"),
        messages: [
            .user("Hi"), .assistant("Hello."), .functionCall(name: "weather", callID: "call_1", arguments: "{}"),
            .functionCall(name: "weather", callID: "call_2", arguments: #"{"a":1}"#),
            .functionOutput(callID: "call_1", output: "sunny"), .functionOutput(callID: "call_2", output: "rain"),
            .system("Careful."), .user("And now?"),
        ])

    private static func endpoint(
        _ url: String, patience: Duration = .seconds(30), silence: Duration = .seconds(30)
    ) -> RemoteEndpoint {
        RemoteEndpoint(url: url, credential: .bearer("k"), patience: patience, silence: silence)
    }

    private static func answer(_ url: String, _ options: GenerationOptions = .init()) async throws
        -> [LanguageModelEvent]
    {
        var events: [LanguageModelEvent] = []
        for try await event in ChatCompletions(endpoint(url), model: "m").generate(prompt, options) {
            events.append(event)
        }
        return events
    }

    private static func failure(
        _ steps: [Step]..., patience: Duration = .seconds(30), silence: Duration = .seconds(30), retries: Int = 0
    ) async throws -> EngineError? {
        var failure: EngineError?
        let standIn: (StandIn, String) async throws -> Void = { _, url in
            var endpoint = endpoint(url, patience: patience, silence: silence)
            endpoint.retries = retries
            do {
                for try await _ in ChatCompletions(endpoint, model: "m").generate(prompt, .init()) {}
            } catch {
                failure = error as? EngineError
                #expect(failure?.message.contains(url) == true, "the engine is named: \(error)")
            }
        }
        switch steps.count {
        case 1: try await StandIn.with(steps[0], body: standIn)
        default: try await StandIn.with(steps[0], steps[1], body: standIn)
        }
        return failure
    }

    @Test("what is asked")
    func request() async throws {
        try await StandIn.with([.head, .words("Hm."), .finish(), .done, .end]) { standIn, url in
            _ = try await Self.answer(url, GenerationOptions(maxTokens: 7, temperature: 0.6))
            let request = try #require(standIn.requests.first)
            #expect(request.head.hasPrefix("POST /v1/chat/completions HTTP/1.1"))
            #expect(request.head.lowercased().contains("authorization: bearer k"))
            let call = { (id: String, arguments: String) -> JSONValue in
                [
                    "id": .string(id), "type": "function",
                    "function": ["name": "weather", "arguments": .string(arguments)],
                ]
            }
            let expected: JSONValue = [
                "model": "m", "stream": true, "stream_options": ["include_usage": true], "temperature": 0.6,
                "messages": [
                    ["role": "system", "content": "Be brief."], ["role": "user", "content": "Hi"],
                    ["role": "assistant", "content": "Hello."],
                    [
                        "role": "assistant", "content": .null,
                        "tool_calls": [call("call_1", "{}"), call("call_2", #"{"a":1}"#)],
                    ],
                    ["role": "tool", "tool_call_id": "call_1", "content": "sunny"],
                    ["role": "tool", "tool_call_id": "call_2", "content": "rain"],
                    ["role": "system", "content": "Careful."], ["role": "user", "content": "And now?"],
                ],
                "max_tokens": 7,
                "tools": [
                    [
                        "type": "function",
                        "function": ["name": "weather", "description": "Tells it.", "parameters": ["type": "object"]],
                    ]
                ],
                "tool_choice": ["type": "function", "function": ["name": "weather"]],
            ]
            #expect(request.body == expected)
        }
    }

    @Test("words, calls and what they took")
    func reply() async throws {
        let usage =
            #"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":4,"prompt_tokens_details":{"cached_tokens":3}}}"#
        func part(_ index: Int, _ function: String) -> Step {
            .event(#"{"choices":[{"delta":{"tool_calls":[{"index":\#(index),"function":\#(function)}]}}]}"#)
        }
        try await StandIn.with([
            .head, .chunk(": a comment\n\n"), .words("Let"), .chunk("da"),
            .chunk("ta: {\"choices\":[{\"delta\":{\"content\":\" me\"}}]}\r\n\r\n"),
            part(0, #"{"name":"weather","arguments":""}"#), part(0, #"{"arguments":"{\"a\""}"#),
            part(0, #"{"arguments":":1}"}"#),
            part(1, #"{"name":"time","arguments":"{}"}"#), .finish("tool_calls"), .event(usage), .done, .end,
        ]) { _, url in
            let answer = try await Self.answer(url)
            #expect(
                answer == [
                    .text("Let"), .text(" me"), .call(.began(name: "weather")), .call(.arguments(#"{"a""#)),
                    .call(.arguments(":1}")), .call(.ended), .call(.began(name: "time")), .call(.arguments("{}")),
                    .call(.ended), .finished(.init(promptTokens: 9, cachedTokens: 3, answerTokens: 4)),
                ])
        }
    }

    @Test("an answer that its limit ended says so")
    func limit() async throws {
        try await StandIn.with([.head, .words("One two"), .finish("length"), .done, .end]) { _, url in
            let answer = try await Self.answer(url)
            #expect(answer.last == .finished(.init(reachedLimit: true)))
        }
    }

    @Test("each way to fail has its code, and its reason in the service's own words")
    func failures() async throws {
        let table: [([Step], EngineError.Code, String)] = [
            ([.refusal(401, #"{"error":{"message":"Who are you?"}}"#)], .failed, "Who are you? Check the key"),
            ([.refusal(404, #"{"error":"no such model"}"#)], .modelMissing, "404: no such model"),
            ([.refusal(429, #"{"error":{"message":"Too much."}}"#, "Retry-After: 60\r\n")], .rateLimited, "Too much."),
            (
                [.refusal(400, #"{"error":{"message":"Too long.","code":"context_length_exceeded"}}"#)], .contextFull,
                "Too long."
            ),
            ([.refusal(429, "", "Retry-After: -1e300\r\n")], .rateLimited, "429"),
            ([.refusal(429, "", "Retry-After: nan\r\n")], .rateLimited, "429"),
            ([.refusal(503, "<html>")], .failed, "it answered 503"),
            ([.head, .words("Hm"), .reset], .failed, "its answer broke off"),
            ([.head, .words("Hm"), .end], .failed, "broke off in the midst"),
            ([.head, .event("garbage"), .end], .failed, "no JSON: garbage"),
            ([.head, .event(#"{"error":{"message":"Out of memory."}}"#), .end], .failed, "Out of memory."),
            (
                [.head, .repeating("10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n")], .failed,
                "longer than 4 MiB"
            ),
        ]
        for (steps, code, words) in table {
            let failure = try await Self.failure(steps)
            #expect(
                failure?.code == code && failure?.message.contains(words) == true,
                "\(words): \(String(describing: failure))")
        }
    }

    @Test("who is slow is given up")
    func slowness() async throws {
        let mute = try await Self.failure([.wait(20_000)], patience: .milliseconds(200))
        #expect(mute?.message.contains("it did not answer within") == true, "\(String(describing: mute))")
        let halting = try await Self.failure([.head, .words("Hm"), .wait(20_000)], silence: .milliseconds(200))
        #expect(halting?.message.contains("it fell silent for") == true, "\(String(describing: halting))")
    }

    @Test("nobody there is told so, and at once")
    func nobody() async throws {
        await #expect(throws: EngineError.self) { _ = try await Self.answer("http://127.0.0.1:9") }
    }

    @Test("what has not begun is tried again, what has begun is not")
    func retries() async throws {
        let good: [Step] = [.head, .words("Hm."), .finish(), .done, .end]
        for bad in [[Step.refusal(503, "")], [.reset], [.refusal(429, "", "Retry-After: 0\r\n")]] {
            try await StandIn.with(bad, good) { standIn, url in
                let answer = try await Self.answer(url)
                #expect(answer.first == .text("Hm."))
                #expect(standIn.requests.count == 2)
            }
        }
        #expect(try await Self.failure([.head, .words("Hm"), .reset], good, retries: 1) != nil)
        let failure = try await Self.failure([.refusal(401, "")], good, retries: 1)
        #expect(failure?.code == .failed)
    }

    @Test("who stops listening closes the stream")
    func cancellation() async throws {
        let words = (0..<2000).flatMap { _ in [Step.words("la "), .wait(5)] }
        try await StandIn.with([.head] + words) { standIn, url in
            for try await _ in ChatCompletions(Self.endpoint(url), model: "m").generate(Self.prompt, .init()) { break }
            let start = ContinuousClock.now
            while standIn.closed == 0, ContinuousClock.now - start < .seconds(30) {
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(standIn.closed == 1)
        }
    }

    @Test("one connection serves many answers")
    func reuse() async throws {
        try await StandIn.with([.head, .words("Hm."), .finish(), .done, .end]) { standIn, url in
            for _ in 0..<3 { _ = try await Self.answer(url) }
            #expect(standIn.requests.count == 3 && standIn.closed == 0)
        }
    }
}

/// How a stream of events is read.
@Suite struct EventStreamParserTests {
    @Test(
        "the same events, however they are cut",
        arguments: [
            ("data: a\n\ndata: b\n\n", ["a", "b"]), ("data:a\r\n\r\ndata:  b\r\r", ["a", " b"]),
            (": comment\nevent: x\nid: 1\ndata: a\ndata: b\n\n", ["a\nb"]), ("data: a\n", []), ("\n\n\n", []),
            ("data\n\ndata:\n\n", [""]),
        ] as [(String, [String])])
    func table(text: String, expected: [String]) throws {
        let bytes = Array(text.utf8)
        for size in 1...bytes.count {
            var parser = EventStreamParser()
            var events: [String] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                events += try parser.take(bytes[start..<min(start + size, bytes.count)]).map {
                    String(decoding: $0, as: UTF8.self)
                }
            }
            #expect(events == expected, "in pieces of \(size)")
        }
    }
}
