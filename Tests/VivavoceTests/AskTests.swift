import ArgumentParser
import Foundation
import RealtimeServer
import Testing

@testable import vivavoce

@Suite struct AskTests {
    @Test("a question is written or spoken, not both and not neither", arguments: [[], ["a", "--audio", "b.wav"]])
    func oneQuestion(arguments: [String]) { #expect(throws: (any Error).self) { try Ask.parse(arguments) } }

    @Test("what is no sound is refused by name", arguments: ["/nowhere/question.wav", #filePath])
    func noSound(path: String) {
        let error = #expect(throws: Failure.self) { try SpeechFile.samples(in: path) }
        #expect(error?.description.contains(path) == true)
    }
}

@Suite struct ServeTests {
    @Test("flags override nothing that was not given")
    func flags() async throws {
        let serve = try Serve.parse(["--port", "9000", "--preset", "small", "--api-key", "a", "--api-key", "b"])
        let configuration = try await serve.sources.load().configuration
        #expect(configuration.port == 9000 && configuration.host == "127.0.0.1")
        #expect(configuration.preset == .small && configuration.apiKeys == ["a", "b"])
    }

    @Test("a preset that does not exist is refused")
    func preset() { #expect(throws: (any Error).self) { try Serve.parse(["--preset", "huge"]) } }
}
