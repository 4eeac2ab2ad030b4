import Foundation
import RealtimeProtocol
import SpeechEngines
import Testing

@testable import RemoteEngines

/// A recognizer and a voice by HTTP, against a service that behaves and one that doesn't.
@Suite struct RemoteSpeechTests {
    private static let tone = (0..<16_000).map { Float(sin(Double($0) / 10)) }

    private static func endpoint(_ url: String) -> RemoteEndpoint {
        RemoteEndpoint(
            url: url, credential: .apiKey("k"), patience: .seconds(30), silence: .milliseconds(500), retries: 0)
    }

    @Test("an utterance goes there as a WAV file, and comes back as words")
    func transcription() async throws {
        try await StandIn.with([.refusal(200, #"{"text":" What time is it?\n"}"#)]) { standIn, url in
            let recognizer = AudioTranscriptions(Self.endpoint(url), model: "whisper-1")
            let heard = try await recognizer.transcribe(Self.tone, by: .now)
            #expect(heard == "What time is it?")
            let request = try #require(standIn.requests.first)
            #expect(
                request.head.hasPrefix("POST /v1/audio/transcriptions")
                    && request.head.lowercased().contains("api-key: k"))
            let form = String(decoding: request.bytes, as: UTF8.self)
            for part in [
                #"name="model"\r\n\r\nwhisper-1"#, #"name="language"\r\n\r\nen"#, #"filename="speech.wav""#, "RIFF",
            ] {
                #expect(form.contains(part.replacingOccurrences(of: "\\r\\n", with: "\r\n")), "\(part)")
            }
            #expect(request.bytes.count > 32_000)
        }
    }

    @Test("a guess is not worth a request")
    func guesses() async throws {
        try await StandIn.with([.refusal(200, #"{"text":"x"}"#)]) { standIn, url in
            let recognizer = AudioTranscriptions(Self.endpoint(url), model: "m")
            let guess = try await recognizer.transcribe(Self.tone, by: .never)
            #expect(guess == "")
            let silence = try await recognizer.transcribe([], by: .now)
            #expect(silence == "")
            #expect(standIn.requests.isEmpty)
        }
    }

    @Test("a recognizer that fails says why")
    func transcriptionFailures() async throws {
        for (steps, words) in [
            ([.refusal(200, "garbage")], "has no text"), ([.refusal(500, "")], "500"),
            ([.head, .repeating("10000\r\n" + String(repeating: "x", count: 65_536) + "\r\n")], "longer than"),
        ] as [([StandIn.Step], String)] {
            try await StandIn.with(steps) { _, url in
                do {
                    _ = try await AudioTranscriptions(Self.endpoint(url), model: "m").transcribe(Self.tone, by: .now)
                    Issue.record("it did not fail: \(words)")
                } catch {
                    #expect("\(error)".contains(words) && "\(error)".contains(url), "\(error)")
                }
            }
        }
    }

    private static func sound(_ url: String, _ clause: String = "Hello.") async throws -> [Float] {
        var samples: [Float] = []
        let voice = AudioSpeech(endpoint(url), model: "tts-1", voices: ["alloy", "echo"])
        for try await piece in voice.synthesize(clause, voice: "echo", speed: 1.2, by: .now) { samples += piece }
        return samples
    }

    @Test("a clause comes back as sound, wherever its bytes are cut")
    func speech() async throws {
        try await StandIn.with([.head, .chunk("a"), .chunk("bcd"), .chunk("ef"), .end]) { standIn, url in
            let expected = [0x6261, 0x6463, 0x6665].map { Float($0) / 32_768 }
            let sound = try await Self.sound(url)
            #expect(sound == expected)
            #expect(
                standIn.requests.first?.body == [
                    "model": "tts-1", "input": "Hello.", "response_format": "pcm", "voice": "echo", "speed": 1.2,
                ])
        }
    }

    @Test("what has no word has no sound")
    func wordless() async throws {
        try await StandIn.with([.head, .end]) { standIn, url in
            let sound = try await Self.sound(url, "…")
            #expect(sound.isEmpty && standIn.requests.isEmpty)
        }
    }

    @Test("a voice that breaks off says so")
    func speechFailures() async throws {
        for steps in [[.head, .chunk("ab"), .reset], [.refusal(503, "")], [.head, .chunk("ab"), .wait(20_000)]]
            as [[StandIn.Step]]
        {
            try await StandIn.with(steps) { _, url in
                await #expect(throws: EngineError.self) { _ = try await Self.sound(url) }
            }
        }
    }
}
