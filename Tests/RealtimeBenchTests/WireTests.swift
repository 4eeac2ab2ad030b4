import Testing

@testable import RealtimeBench

@Suite("What is said and read") struct WireTests {
    @Test(
        "the two dialects' names mean the same",
        arguments: [
            (
                #"{"type":"response.output_audio.delta","response_id":"r","delta":"AAAA"}"#,
                Wire.Event.sound(response: "r", base64: "AAAA")
            ),
            (
                #"{"type":"response.audio.delta","response_id":"r","delta":"AAAA"}"#,
                .sound(response: "r", base64: "AAAA")
            ),
            (#"{"type":"response.audio_transcript.delta","response_id":"r","delta":"Hi"}"#, .word(response: "r", "Hi")),
            (#"{"type":"response.text.delta","response_id":"r","delta":"Hi"}"#, .word(response: "r", "Hi")),
            (
                #"{"type":"session.updated","session":{"turn_detection":{"silence_duration_ms":500}}}"#,
                .sessionUpdated(silence: 500)
            ),
            (
                #"{"type":"session.updated","session":{"audio":{"input":{"turn_detection":{"silence_duration_ms":200}}}}}"#,
                .sessionUpdated(silence: 200)
            ),
            (#"{"type":"error","error":{}}"#, .failed("an error without a message")),
        ])
    func events(text: String, event: Wire.Event) { #expect(Wire.Event(text) == event) }

    @Test("what doesn't matter is left out", arguments: ["", "{", "{}", #"{"type":"rate_limits.updated"}"#, "[1]"])
    func others(text: String) { #expect(Wire.Event(text) == nil) }

    @Test("a silence without a way to find turns is one of server_vad")
    func update() {
        let ga = String(
            decoding: Wire(silence: 300).update(instructions: "Be brief.", longestAnswer: 5), as: UTF8.self)
        #expect(ga.contains(#""turn_detection":{"type":"server_vad","silence_duration_ms":300}"#))
        let preview = String(
            decoding: Wire(dialect: .preview).update(instructions: "Be brief.", longestAnswer: 5), as: UTF8.self)
        #expect(preview.contains(#""max_response_output_tokens":5"#) && !preview.contains("turn_detection"))
    }
}
