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
        (
            "port: 80\nprot: 81\n",
            "c.yaml:2: prot is no key of the configuration. Did you mean port? The keys are: host, port, playground,"
        ),
        ("models:\n  gguf: x\n", "c.yaml:2: models.gguf is no key of the configuration. The keys here are: directory,"),
        ("models:\n  voise: x\n", "c.yaml:2: models.voise is no key of the configuration. Did you mean voice?"),
        ("tls: {certificat: x}\n", "Did you mean certificate? The keys here are: certificate, key, self-signed."),
        (
            "deployments:\n  - {nam: x}\n",
            "c.yaml:2: deployments.nam is no key of the configuration. Did you mean name?"
        ),
        ("max_sessions: 3\n", "Did you mean max-sessions?"),
        ("allowed-origins: [example.com]\n", "allowed-origins must be origins as a browser writes them"),
        ("token-issuers: [{issuer: 'http://login.example.com'}]\n", "token-issuers.issuer:"),
        ("role-assignments: [{role: King, subject: me}]\n", "There is no role \"King\""),
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
        ("port: 1\nport: 2\n", "The configuration file c.yaml is not YAML: port stands there more than once"),
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

    // MARK: Several sources

    private static func sources(
        _ environment: [String: String] = [:], flags: [ConfigurationSources.Flag] = [], yaml: String? = nil
    ) throws -> (ConfigurationSources, folder: String) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vivavoce-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try yaml?.write(toFile: folder + "/c.yaml", atomically: true, encoding: .utf8)
        return (
            ConfigurationSources(file: yaml.map { _ in folder + "/c.yaml" }, environment: environment, flags: flags),
            folder
        )
    }

    @Test("defaults, then the file, then secrets, then the environment, then flags")
    func order() async throws {
        var (sources, folder) = try Self.sources(
            [
                "VIVAVOCE_MAX_SESSIONS": "3", "VIVAVOCE_PORT": "9001", "VIVAVOCE_MODELS_VOICE": "voices/joe",
                "VIVAVOCE_ALLOWED_ORIGINS": "https://a.example, https://b.example",
                "VIVAVOCE_KEY_LIMITS": "{any: {sessions: 2}}", "VIVAVOCE_TLS_SELF_SIGNED": "true",
                "VIVAVOCE_REGION": "", "VIVAVOCE_VENDOR": "somebody else's", "PATH": "/bin",
            ],
            flags: [.init("--port", for: "port", ["9002"]), .init("--host", for: "host", ["localhost"])],
            yaml: "port: 9000\nhost: 127.0.0.2\nmax-sessions: 2\nspeculate: false\napi-keys: [from-file]\n")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try "first-secret,second-secret\n".write(toFile: folder + "/api-keys", atomically: true, encoding: .utf8)
        sources.environment["CREDENTIALS_DIRECTORY"] = folder
        let loaded = try await sources.load()
        let configuration = loaded.configuration
        #expect(configuration.port == 9002 && configuration.host == "localhost")
        #expect(configuration.maxSessions == 3 && !configuration.speculate && configuration.tls.selfSigned)
        #expect(configuration.models.voice == "voices/joe" && configuration.region == nil)
        #expect(configuration.allowedOrigins == ["https://a.example", "https://b.example"])
        #expect(configuration.keyLimits["any"]?.sessions == 2)
        #expect(configuration.apiKeys == ["first-secret", "second-secret"])
        #expect(loaded.places["port"] == "--port" && loaded.places["max-sessions"] == "VIVAVOCE_MAX_SESSIONS")
        #expect(loaded.places["speculate"] == folder + "/c.yaml:4")
        #expect(loaded.places["api-keys"] == folder + "/api-keys" && loaded.places["preset"] == nil)
    }

    @Test(
        "a wrong value names the variable or the flag, a mistyped variable the right one",
        arguments: [
            (
                ["VIVAVOCE_PORT": "eighty"], [],
                "VIVAVOCE_PORT: port must be a whole number between 0 and 65535, not `eighty`."
            ),
            (["VIVAVOCE_PRESET": "huge"], [], "VIVAVOCE_PRESET: preset must be one of"),
            (
                ["VIVAVOCE_KEY_LIMITS": "{any: {session: 1}}"], [],
                "VIVAVOCE_KEY_LIMITS: key-limits.any.session is no key"
            ),
            (
                ["VIVAVOCE_MAX_SESION": "1"], [],
                "VIVAVOCE_MAX_SESION is none of the server's. Did you mean VIVAVOCE_MAX_SESSIONS?"
            ),
            (["VIVAVOCE_DEPLOYMENTS": "[a"], [], "VIVAVOCE_DEPLOYMENTS: deployments is not YAML"),
            ([:], [ConfigurationSources.Flag("--port", for: "port", ["70000"])], "--port: port must be a whole number"),
        ] as [([String: String], [ConfigurationSources.Flag], String)])
    func wrongElsewhere(environment: [String: String], flags: [ConfigurationSources.Flag], words: String) async throws {
        let error = await #expect(throws: ServerError.self) {
            try await ConfigurationSources(environment: environment, flags: flags).load()
        }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
    }

    @Test("what is printed says where each value comes from, hides keys, and can be read again")
    func printing() async throws {
        let (sources, folder) = try Self.sources(
            ["VIVAVOCE_MODELS_VOICE": "/voices/joe", "VIVAVOCE_API_KEYS": "sk-0123456789abcdef"],
            yaml: """
                port: 9000
                script: {answer: 'Yes: "maybe" # no'}
                deployments:
                  - plain
                  - {name: clerk, engine: small, session: {instructions: "Be polite."}, limits: {sessions: 2}}
                role-assignments: [{role: Contributor, subject: boss}]
                """)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let yaml = try await sources.load().yaml
        let lines = yaml.split(separator: "\n").map(String.init)
        #expect(lines.contains("port: 9000  # \(folder)/c.yaml:1"))
        #expect(lines.contains("host: \"127.0.0.1\"  # default"))
        #expect(lines.contains("models:") && lines.contains("  voice: \"/voices/joe\"  # VIVAVOCE_MODELS_VOICE"))
        #expect(lines.contains("api-keys: [\"sk-********cdef\"]  # VIVAVOCE_API_KEYS"))
        #expect(lines.contains("# region: not set") && !yaml.contains("0123456789"))
        let again = try ServerConfiguration(yaml: yaml, file: "printed.yaml")
        #expect(again.deployments.map(\.name) == ["plain", "clerk"] && again.deployments[1].limits.sessions == 2)
        #expect(again.script.answer == "Yes: \"maybe\" # no" && again.roleAssignments.count == 1)
        #expect(again.port == 9000 && again.maxSessions == 64)
    }

    @Test("every key is documented, and its variable is another for each")
    func documented() throws {
        let page = try String(
            contentsOfFile: #filePath.replacing("Tests/RealtimeServerTests/ServerConfigurationTests.swift", with: "")
                + "docs/configuration.md", encoding: .utf8)
        for key in ServerConfiguration.keys {
            let name = key.name.split(separator: ".").last.map(String.init) ?? ""
            #expect(page.contains("- `\(name)`") || page.contains("`\(name)` ("), "\(key.name) is not in the page")
        }
        #expect(
            Set(ServerConfiguration.keys.map { ConfigurationSources.variable($0.name) }).count
                == ServerConfiguration.keys.count)
    }

    @Test(
        "the nearest name",
        arguments: [
            ("prot", "port"), ("hots", "host"), ("api_keys", "api-keys"), ("apikeys", "api-keys"), ("portt", "port"),
            ("xyzzy", nil), ("", nil), ("p", nil),
        ] as [(String, String?)])
    func nearest(given: String, meant: String?) {
        #expect(NearestName.of(given, among: ["host", "port", "api-keys", "max-sessions"]) == meant)
    }

    @Test(
        "what is wrong with a file is told without a word of it: it may hold a key",
        arguments: [
            "api-keys: [s3cret-one]\nport: 1\nport: 2\n", "api-keys: [s3cret-one\nport: 1\n",
            "api-keys: s3cret-one: x\n",
            "\tapi-keys: s3cret-one\n", "api-keys: *s3cret-one\n", "api-keys: 's3cret-one\n",
            "api-keys: !s3cret-one [x]: y: z\n",
        ])
    func secretsStaySecret(yaml: String) {
        do {
            _ = try ServerConfiguration(yaml: yaml, file: "c.yaml")
            Issue.record("it is no configuration")
        } catch {
            #expect(
                !String(describing: error).contains("s3cret") && !String(reflecting: error).contains("s3cret"),
                "\(error)")
        }
    }

    @Test("what a reload does not take is told")
    func restart() {
        var new = ServerConfiguration()
        new.port = 81
        new.maxSessions = 1
        new.apiKeys = ["another"]
        new.allowedOrigins = ["https://app.example.com"]
        #expect(ServerConfiguration().keysTakenAtStart(thatDifferFrom: new) == ["port", "max-sessions"])
        #expect(ServerConfiguration().keysTakenAtStart(thatDifferFrom: ServerConfiguration()).isEmpty)
    }
}
