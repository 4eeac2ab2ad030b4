import ArgumentParser
import AudioDSP
import Foundation
import Logging
import RealtimeClient
import RealtimeProtocol
import RealtimeServer

/// `vivavoce ask`
struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Ask one question and hear the answer.",
        discussion: """
            Written or spoken, to this machine or to any Realtime server of the GA dialect:

              vivavoce ask "What is the capital of France?" --out answer.wav
              vivavoce ask --audio question.wav
              vivavoce ask "Hello!" --url ws://127.0.0.1:8080 --api-key KEY

            The answer's words are printed as they are spoken.
            """)

    @Argument(help: "The question, in words.") var text: String?
    @Option(help: "The question, spoken: a WAV file.") var audio: String?
    @Option(help: "The server to ask; without one, an own server is started for the question.") var url: String?
    @Option(help: "The key to show to the server.") var apiKey: String?
    @Option(help: "The model or deployment to ask for.") var model = "gpt-realtime"
    @Option(help: "Where to write the spoken answer (WAV, 24 kHz).") var out: String?
    @Option(help: "The voice of the answer.") var voice: String?
    @Option(help: "The models of an own server: small, standard, large or scripted.")
    var preset: ServerConfiguration.Preset = .standard

    func validate() throws {
        guard (text == nil) != (audio == nil) else {
            throw ValidationError("Say what to ask: either some text, or --audio with a WAV file.")
        }
    }

    func run() async throws {
        let question = try audio.map { try Self.speech(in: $0) }
        let answer: Answer
        if let url {
            answer = try await ask(at: url, question)
        } else {
            answer = try await OwnServer.run(preset: preset) { port in
                try await ask(at: "ws://127.0.0.1:\(port)", question)
            }
        }
        print()
        guard let out else { return }
        try Data(WAV(samples: answer.samples, rate: 24_000).bytes).write(to: URL(filePath: out))
        print("\(out): \(String(format: "%.1f", Double(answer.samples.count) / 24_000)) s")
    }

    /// The samples of a WAV file, at the wire's rate.
    static func speech(in path: String) throws -> [Int16] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path) cannot be read. Give the path of a WAV file.")
        }
        do {
            let wav = try WAV([UInt8](data))
            return PCM16.integers(try Resampler.convert(PCM16.floats(wav.samples), from: wav.rate, to: 24_000))
        } catch {
            throw Failure("\(path) cannot be asked: \(error)")
        }
    }

    private struct Answer {
        var samples: [Int16] = []
    }

    private func ask(at url: String, _ question: [Int16]?) async throws -> Answer {
        let headers = apiKey.map { [Header(name: "Authorization", value: "Bearer \($0)")] } ?? []
        let socket = try await WebSocketTransport.connect(to: Self.address(url, model: model), headers: headers)
        var patch = SessionPatch()
        patch.type = .realtime
        patch.audio = SessionPatch.Audio()
        patch.audio?.input = SessionPatch.Input()
        patch.audio?.input?.turnDetection = .null
        if question != nil { patch.audio?.input?.transcription = .value(Transcription(model: "whisper-1")) }
        if let voice {
            patch.audio?.output = SessionPatch.Output()
            patch.audio?.output?.voice = Voice(voice)
        }
        var events: [ClientEvent] = [ClientEvent(.sessionUpdate(SessionUpdate(session: patch)))]
        if let text {
            let item = Item(id: nil, body: .message(role: .user, content: [.inputText(text)]))
            events.append(ClientEvent(.conversationItemCreate(ConversationItemCreate(item: item))))
        } else if let question {
            for start in stride(from: 0, to: question.count, by: 24_000) {
                let piece = PCM16.encode(question[start..<min(start + 24_000, question.count)])
                events.append(
                    ClientEvent(.inputAudioBufferAppend(InputAudioBufferAppend(audio: Base64.encode(piece)))))
            }
            events.append(ClientEvent(.inputAudioBufferCommit(NoFields())))
        }
        events.append(ClientEvent(.responseCreate(ResponseCreate())))
        for event in events { try await socket.send(utf8: JSONValue(encoding: event).bytes) }
        let answer = try await listen(to: socket)
        await socket.close()
        return answer
    }

    private func listen(to socket: WebSocketTransport) async throws -> Answer {
        var answer = Answer()
        for try await message in socket.messages {
            guard case .text(let text) = message,
                let event = try? JSONValue(parsing: text).decode(ServerEvent.self)
            else { continue }
            switch event.body {
            case .inputAudioTranscriptionCompleted(let heard): print("(heard: \(heard.transcript))")
            case .responseOutputAudioTranscriptDelta(let delta), .responseOutputTextDelta(let delta):
                print(delta.delta, terminator: "")
                fflush(nil)
            case .responseOutputAudioDelta(let delta):
                answer.samples += PCM16.decode(Base64.decode(delta.delta.utf8) ?? [])
            case .error(let event): throw Failure("The server refused: \(event.error.message)")
            case .responseDone(let event):
                if let error = event.response.statusDetails?.error {
                    throw Failure("The answer failed: \(error.message ?? error.code ?? error.type)")
                }
                return answer
            default: break
            }
        }
        throw Failure("The server went away before it had answered.")
    }

    /// The Realtime path and the model, unless the URL names its own.
    static func address(_ url: String, model: String) -> String {
        var address = url.replacing(/^http/, with: "ws")
        guard var parts = URLComponents(string: address) else { return address }
        if parts.path.isEmpty || parts.path == "/" { parts.path = "/v1/realtime" }
        let query = parts.queryItems ?? []
        if !query.contains(where: { ["model", "deployment"].contains($0.name) }) {
            parts.queryItems = query + [URLQueryItem(name: "model", value: model)]
        }
        address = parts.string ?? address
        return address
    }
}
