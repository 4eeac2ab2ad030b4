import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import Testing

/// Consumers that read what they like, in any order, twice, late or never, against a service that speaks on regardless.
@Suite(.timeLimit(.minutes(2))) struct RandomConsumerTests {
    @Test("whatever is read or ignored, nothing is lost and nothing hangs", arguments: 0..<20)
    func random(seed: Int) async throws {
        print("RandomConsumerTests: seed \(seed)")
        var draw = SplitMix64(seed: UInt64(seed))
        let behaviours = (0..<30).map { _ in Behaviour.allCases.randomElement(using: &draw) ?? .ignore }
        let gaps = behaviours.map { _ in Int.random(in: 0...3, using: &draw) }
        try await SessionScript.with { script in
            let service = Task { await speakOn(script, behaviours, gaps) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (number, behaviour) in behaviours.enumerated() {
                    let response = try await script.session.generateResponse()
                    #expect(response.id.rawValue == "r\(number)")
                    group.addTask { try await behaviour.read(response) }
                }
                try await group.waitForAll()
            }
            service.cancel()
        }
    }

    /// The service: answers each request, pausing here and there, and ends a response that is to be cancelled only then.
    private func speakOn(_ script: SessionScript, _ behaviours: [Behaviour], _ gaps: [Int]) async {
        var number = 0
        while let event = await script.server.received() {
            if event["type"] == "response.cancel" {
                script.finish(event["response_id"]?.string ?? "", status: "cancelled")
            } else {
                script.begin("r\(number)", after: event)
                if gaps[number] == 0 { await Task.yield() }
                if behaviours[number] != .cancel {
                    script.speak("r\(number)", item: "i\(number)")
                    if gaps[number] == 1 { await Task.yield() }
                    script.finish("r\(number)")
                }
                number += 1
            }
        }
    }

    @Test("the connection breaks at any moment: every reader ends", arguments: 0..<20)
    func breaking(seed: Int) async throws {
        print("RandomConsumerTests: seed \(seed)")
        var draw = SplitMix64(seed: UInt64(seed))
        let behaviours = (0..<10).map { _ in Behaviour.allCases.randomElement(using: &draw) ?? .ignore }
        let spoken = Int.random(in: 0..<10, using: &draw)
        try await SessionScript.with { script in
            var responses: [RealtimeResponse] = []
            for number in behaviours.indices {
                async let asked = script.session.generateResponse()
                script.begin("r\(number)", after: try await script.received("response.create"))
                responses.append(try await asked)
                if number < spoken { script.speak("r\(number)", item: "i\(number)") }
            }
            await withTaskGroup(of: Void.self) { group in
                for (response, behaviour) in zip(responses, behaviours) {
                    group.addTask { try? await behaviour.read(response) }
                }
                await Task.yield()
                script.server.breakOff()
                await group.waitForAll()
            }
        }
    }

    private enum Behaviour: CaseIterable {
        case ignore, audioOnly, wordsOnly, wordsThenAudio, both, firstChunkOnly, twice, endOnly, cancel, impatient

        func read(_ response: RealtimeResponse) async throws {
            switch self {
            case .ignore: break
            case .cancel: try await response.cancel()
            case .endOnly: _ = try await response.completion()
            case .twice:
                #expect(try await response.text() == "Hello there.")
                #expect(try await response.text() == "Hello there.")
            case .impatient:
                // A reader that gives up must not take anything from the others.
                let reader = Task { try await response.text() }
                reader.cancel()
                _ = try? await reader.value
                #expect(try await response.text() == "Hello there.")
            case .firstChunkOnly:
                let chunk = try await audio(of: response).audioChunks.first { _ in true }
                #expect(chunk == [UInt8](repeating: 1, count: 4800))
            case .audioOnly: #expect(try await audio(of: response).audio().count == 9600)
            case .wordsOnly: #expect(try await audio(of: response).transcript() == "Hello there.")
            case .wordsThenAudio:
                let audio = try await audio(of: response)
                #expect(try await audio.transcript() == "Hello there.")
                #expect(try await audio.audio().count == 9600)
            case .both:
                let audio = try await audio(of: response)
                async let words = audio.transcript()
                async let sound = audio.audio()
                #expect(try await words == "Hello there.")
                #expect(try await sound.count == 9600)
            }
        }

        private func audio(of response: RealtimeResponse) async throws -> AudioContent {
            for try await case .message(let message) in response {
                for try await case .audio(let audio) in message { return audio }
            }
            throw ClientError(.connectionLost, "no audio")
        }
    }
}
