import Foundation
import Logging
import Testing

@testable import RealtimeServer

struct ServerConfigurationTests {
    @Test func everyKey() throws {
        let configuration = try ServerConfiguration(
            yaml: """
                host: 0.0.0.0
                port: 9000
                preset: small
                api-keys: [one, "two"]
                accept-any-model: true
                deployments:
                  - mine
                record-directory: recordings
                audio-limit-seconds: 60
                session-limit-seconds: 1800
                max-sessions: 8
                log-level: debug
                models:
                  directory: /srv/models
                  language-model: models/any.gguf
                  recognizer: whisper
                  voice: piper
                  voice-activity-detector: silero.onnx
                """, file: "/etc/vivavoce/config.yaml")
        #expect(configuration.host == "0.0.0.0")
        #expect(configuration.port == 9000)
        #expect(configuration.preset == .small)
        #expect(configuration.apiKeys == ["one", "two"])
        #expect(configuration.acceptAnyModel)
        #expect(configuration.deployments.map(\.name) == ["mine"])
        #expect(configuration.recordDirectory == "/etc/vivavoce/recordings")
        #expect(configuration.audioLimitSeconds == 60)
        #expect(configuration.sessionLimitSeconds == 1800)
        #expect(configuration.maxSessions == 8)
        #expect(configuration.logLevel == .debug)
        #expect(configuration.models.directory == "/srv/models")
        #expect(configuration.models.languageModel == "/etc/vivavoce/models/any.gguf")
        #expect(configuration.models.recognizer == "/etc/vivavoce/whisper")
        #expect(configuration.models.voice == "/etc/vivavoce/piper")
        #expect(configuration.models.voiceActivityDetector == "/etc/vivavoce/silero.onnx")
    }

    @Test(arguments: ["", "# nothing\n", "---\n"])
    func anEmptyFileChangesNothing(yaml: String) throws {
        let configuration = try ServerConfiguration(yaml: yaml, file: "c.yaml")
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.port == 8080)
        #expect(configuration.audioLimitSeconds == 600)
        #expect(configuration.sessionLimitSeconds == 3600)
        #expect(configuration.maxSessions == 64)
    }

    @Test(arguments: [
        ("port: 80\nprot: 81\n", "c.yaml:2: prot is no key of the configuration. The keys are: host, port,"),
        ("models:\n  gguf: x\n", "c.yaml:2: models.gguf is no key of the configuration. The keys here are: directory,"),
        ("port: eighty\n", "c.yaml:1: port must be a whole number between 0 and 65535, not `eighty`."),
        ("port: 70000\n", "c.yaml:1: port must be a whole number between 0 and 65535, not `70000`."),
        ("port: [1]\n", "c.yaml:1: port must be a whole number between 0 and 65535."),
        ("host: ''\n", "host must be a text"),
        ("\npreset: huge\n", "c.yaml:2: preset must be one of small, standard, large, scripted, not `huge`."),
        ("log-level: loud\n", "log-level must be one of trace, debug"),
        ("accept-any-model: maybe\n", "accept-any-model must be true or false, not `maybe`."),
        ("api-keys: hush\n", "c.yaml:1: api-keys must be a list of texts."),
        ("models: 3\n", "c.yaml:1: models must be keys and values, not `3`."),
        ("- port\n", "the file must be keys and values"),
        ("port: [1\n", "The configuration file c.yaml is not YAML"),
        ("max-sessions: 0\n", "max-sessions must be a whole number between 1 and 100000"),
    ])
    func theMessageSaysWhereAndWhatIsAllowed(yaml: String, words: String) {
        let error = #expect(throws: ServerError.self) { try ServerConfiguration(yaml: yaml, file: "c.yaml") }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
        #expect(error?.message.contains("hush") == false)
    }

    @Test func aMissingFile() {
        let error = #expect(throws: ServerError.self) { try ServerConfiguration(file: "/nowhere/c.yaml") }
        #expect(
            error?.message
                == "The configuration file /nowhere/c.yaml cannot be read. Does it exist, and may you read it?")
    }

    @Test(arguments: ["0.0.0.0", "::", "192.168.0.2", "voice.example.com"])
    func withoutAKeyOnlyThisMachineIsServed(host: String) throws {
        var configuration = ServerConfiguration()
        _ = try KeyRing(configuration, ServerDatabase())
        configuration.host = host
        let error = #expect(throws: ServerError.self) { try KeyRing(configuration, ServerDatabase()) }
        #expect(error?.code == .keyRequired)
        #expect(error?.message.contains("--api-key") == true)
        configuration.apiKeys = ["key"]
        _ = try KeyRing(configuration, ServerDatabase())
    }

    @Test func valuesOfTheCommandLineAreCheckedToo() {
        var configuration = ServerConfiguration()
        configuration.port = -1
        let error = #expect(throws: ServerError.self) { try configuration.validate() }
        #expect(error?.message == "port is -1; it must be between 0 and 65535.")
    }
}
