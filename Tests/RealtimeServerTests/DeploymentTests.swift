import Foundation
import Logging
import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import SessionCore
import Testing

@testable import RealtimeServer

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Deployments: what they may be called, where they are written down, how they are changed.
@Suite struct DeploymentTests {
    private static func configuration(_ yaml: String = "") throws -> ServerConfiguration {
        try ServerConfiguration(yaml: yaml, file: "/etc/vivavoce.yaml")
    }

    /// What a request says: a model, and more properties.
    private static func body(_ model: JSONValue, _ more: JSONObject = [:]) -> JSONValue {
        .object(["properties": .object((["model": model] as JSONObject).merging(more))])
    }

    static let standard: JSONValue = ["format": "OpenAI", "name": "gpt-realtime", "version": "2025-08-28"]

    // MARK: What a request may say

    @Test(arguments: ["a1", "my-name", "gpt.4_o", String(repeating: "x", count: 64)])
    func names(name: String) throws {
        #expect(try Deployment(name, json: Self.body(Self.standard)).name == name)
    }

    @Test(arguments: ["", "a", "-a", "a-", "a b", "é1", "a/b", "../x", String(repeating: "x", count: 65)])
    func namesThatAreNone(name: String) {
        #expect(throws: DeploymentError.self) { try Deployment(name, json: Self.body(Self.standard)) }
    }

    /// What is wrong with a request, and words of the answer.
    static let wrong: [(body: JSONValue, code: DeploymentError.Code, words: String)] = [
        ([], .invalid, "body must be an object"),
        ([:], .invalid, "properties is missing"),
        (["properties": [:]], .invalid, "properties.model is missing"),
        (["properties": ["model": [:]]], .invalid, "There are: gpt-4o-realtime-preview 2024-10-01"),
        (["properties": ["model": ["name": 5]]], .invalid, "properties.model.name must be a string"),
        (body(["name": "gpt-9"]), .unknownModel, "Name: gpt-9"),
        (body(["name": "gpt-realtime", "version": "1"]), .unknownModel, "Version: 1"),
        (body(["name": "gpt-realtime", "format": "Meta"]), .unknownModel, "must be 'OpenAI'"),
        (body(standard, ["engine": "huge"]), .invalid, "properties.engine must be one of small, standard"),
        (body(standard, ["voices": "joe"]), .invalid, "properties.voices must be a list"),
        (body(standard, ["voices": [1]]), .invalid, "properties.voices must be a list"),
        (body(standard, ["session": []]), .invalid, "properties.session must be an object"),
        (body(standard, ["sesion": [:]]), .invalid, "properties.sesion is no field"),
        (["sku": ["capacity": 0], "properties": ["model": standard]], .invalid, "sku.capacity must be"),
        (["sku": ["name": "Gold"], "properties": ["model": standard]], .notInRegion, "GlobalStandard"),
    ]

    @Test(arguments: wrong.indices)
    func requestsThatAreWrong(index: Int) {
        let row = Self.wrong[index]
        do throws(DeploymentError) {
            _ = try Deployment("mine", json: row.body)
            Issue.record("\(row.body.text) was taken")
        } catch {
            #expect(error.code == row.code)
            #expect(error.message.contains(row.words), "\(error.message)")
        }
    }

    @Test("what is kept of a deployment makes the same one again")
    func definitions() throws {
        let deployment = try Deployment(
            "mine",
            json: [
                "sku": ["name": "DataZoneStandard", "capacity": 7],
                "properties": [
                    "model": Self.standard, "engine": "small", "voices": ["slt"],
                    "session": ["instructions": "Be brief.", "audio": ["output": ["speed": 1.2]]],
                    "versionUpgradeOption": "NoAutoUpgrade",
                ],
            ])
        #expect(try Deployment("mine", json: .object(deployment.definition)) == deployment)
    }

    // MARK: The catalogue and regions

    @Test("each model has one default version")
    func catalogue() {
        for (name, models) in Dictionary(grouping: CatalogModel.all, by: \.name) {
            #expect(models.count(where: \.isDefault) == 1, "\(name)")
            #expect(Set(models.map(\.version)).count == models.count, "\(name)")
        }
        #expect(CatalogModel.find("gpt-4o-realtime-preview")?.version == "2024-12-17")
        #expect(CatalogModel.find("gpt-4o-realtime-preview", "2024-10-01")?.lifecycle == .preview)
        #expect(CatalogModel.find("gpt-4o-realtime-preview", "2024") == nil)
    }

    @Test("a model that the region does not offer is refused with the regions that do")
    func regions() async throws {
        let registry = try DeploymentRegistry(Self.configuration("region: WestUS"), ServerDatabase())
        let error = await #expect(throws: DeploymentError.self) {
            try await registry.put(Deployment("mine", json: Self.body(Self.standard)))
        }
        #expect(error?.code == .notInRegion)
        #expect(error?.message.contains("'westus'. It is in: eastus2, swedencentral.") == true)
        let here = try DeploymentRegistry(Self.configuration("region: swedencentral"), ServerDatabase())
        #expect(try await here.put(Deployment("mine", json: Self.body(Self.standard))).isNew)
        #expect(throws: ServerError.self) {
            try DeploymentRegistry(Self.configuration("region: westus\ndeployments: [mine]"), ServerDatabase())
        }
    }

    // MARK: Where they are written down

    @Test("the configuration file has them by name, or with all that is known of each")
    func file() throws {
        let deployments = try Self.configuration(
            """
            deployments:
              - plain
              - name: clerk
                model: gpt-4o-realtime-preview
                version: "2024-10-01"
                capacity: 3
                engine: small
                voices: [slt]
                session:
                  instructions: Be polite.
                  audio: {output: {speed: 1.25}}
            """
        ).deployments
        #expect(deployments.map(\.name) == ["plain", "clerk"])
        #expect(deployments[0].model.name == "gpt-realtime")
        #expect(deployments[1].model.version == "2024-10-01" && deployments[1].engine == .small)
        #expect(deployments[1].session["audio"]?["output"]?["speed"] == 1.25)
        #expect(deployments[1].origin == .file("/etc/vivavoce.yaml"))
    }

    @Test(arguments: [
        ("deployments: [a b]", "'a b' is no name"), ("deployments: [twice, twice]", "twice is there twice"),
        ("deployments: [{name: x1, colour: red}]", "deployments.colour is no key"),
        ("deployments: [{name: x1, model: gpt-9}]", "Name: gpt-9"),
        ("deployments: [{model: gpt-realtime}]", "'' is no name"),
    ])
    func filesThatAreWrong(yaml: String, words: String) {
        let error = #expect(throws: ServerError.self) { try Self.configuration(yaml) }
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("/etc/vivavoce.yaml:1") == true)
    }

    @Test("those of the file are read-only elsewhere, and the same name in both does not start")
    func conflicts() async throws {
        let database = try ServerDatabase()
        let file = try Self.configuration("deployments: [mine]")
        let registry = try DeploymentRegistry(file, database)
        for change in [true, false] {
            let error = await #expect(throws: DeploymentError.self) {
                if change {
                    _ = try await registry.put(Deployment("mine", json: Self.body(Self.standard)))
                } else {
                    _ = try await registry.delete("mine")
                }
            }
            #expect(error?.code == .readOnly)
            #expect(error?.message.contains("/etc/vivavoce.yaml") == true)
        }
        let other = try DeploymentRegistry(Self.configuration(), database)
        _ = try await other.put(Deployment("mine", json: Self.body(Self.standard)))
        let error = #expect(throws: ServerError.self) { try DeploymentRegistry(file, database) }
        #expect(error?.message.contains("vivavoce deployments delete mine") == true)
    }

    @Test("what is out of the box can be replaced, and comes back")
    func outOfTheBox() async throws {
        let registry = try DeploymentRegistry(Self.configuration(), ServerDatabase())
        #expect(registry.current.all.count == 4)
        _ = try await registry.put(
            Deployment("gpt-realtime", json: Self.body(["name": "gpt-realtime-mini"], ["engine": "small"])))
        #expect(registry.current.all.count == 4)
        #expect(registry.current["gpt-realtime"]?.engine == .small)
        #expect(try await registry.delete("gpt-realtime"))
        #expect(registry.current["gpt-realtime"]?.engine == nil)
        let error = await #expect(throws: DeploymentError.self) { try await registry.delete("gpt-realtime") }
        #expect(error?.code == .readOnly)
        #expect(try await !registry.delete("nobody"))
    }

    @Test("another process's change is noticed, and a restart keeps it", .timeLimit(.minutes(1)))
    func twoProcesses() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vivavoce-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try DeploymentRegistry(Self.configuration(), ServerDatabase(folder: folder))
        let watch = DatabaseWatch(try ServerDatabase(folder: folder), logger: Logger(label: "test")) {
            try server.refresh()
        }
        let watching = Task { await watch.run() }
        defer { watching.cancel() }
        let other = try DeploymentRegistry(Self.configuration(), ServerDatabase(folder: folder))
        for name in ["first", "second"] {
            _ = try await other.put(Deployment(name, json: Self.body(Self.standard)))
            while server.current[name] == nil { try await Task.sleep(for: .milliseconds(50)) }
        }
        let again = try DeploymentRegistry(Self.configuration(), ServerDatabase(folder: folder))
        #expect(again.current.names.suffix(2) == ["first", "second"])
        let mode = try FileManager.default.attributesOfItem(atPath: folder + "/vivavoce.sqlite")[.posixPermissions]
        #expect((mode as? Int) == 0o600)
    }

    @Test("a folder or a file that can't be used is named")
    func unusable() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "vivavoce-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Data("no database".utf8).write(to: URL(filePath: file))
        let noFolder = #expect(throws: ServerError.self) { try ServerDatabase(folder: file) }
        #expect(noFolder?.message.contains("--data-directory") == true)
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.createDirectory(atPath: file, withIntermediateDirectories: true)
        try Data(repeating: 0x41, count: 4096).write(to: URL(filePath: file + "/vivavoce.sqlite"))
        let noDatabase = #expect(throws: ServerError.self) { try ServerDatabase(folder: file) }
        #expect(noDatabase?.message.contains("Move it away") == true)
    }

    // MARK: Over HTTP

    private static let account =
        "/subscriptions/0000/resourceGroups/mine/providers/Microsoft.CognitiveServices/accounts/voice"

    /// A request of the management API: the status and the body.
    private static func request(
        _ method: String, _ path: String, _ body: JSONValue? = nil, key: String? = "secret", on server: TestServer
    ) async throws -> (status: Int, body: JSONValue?) {
        let url = try #require(URL(string: "http://127.0.0.1:\(server.port)\(path)?api-version=2024-10-01"))
        var request = URLRequest(url: url)
        request.httpMethod = method
        if let key { request.setValue(key, forHTTPHeaderField: "api-key") }
        request.httpBody = body.map { Data($0.bytes) }
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = try #require((response as? HTTPURLResponse)?.statusCode)
        return (status, try? JSONValue(parsing: Array(data)))
    }

    @Test("made, listed, changed and deleted in the shape of the management API, without a restart")
    func overHTTP() async throws {
        let conversations = Conversations(rules: .init())
        conversations.use(ScriptedEngines().cascade)
        var written = ScriptedEngines()
        written.answer = ["I am small."]
        conversations.engines.put(.ready(written.cascade), for: .small)
        try await TestServer.with(
            conversations, configure: { $0.apiKeys = ["secret"] }
        ) { server in
            let one = Self.account + "/deployments/clerk"
            #expect(try await Self.request("GET", one, on: server).status == 404)
            let wish = Self.body(
                Self.standard,
                ["engine": "small", "session": ["instructions": "Be polite.", "output_modalities": ["text"]]])
            #expect(try await Self.request("PUT", one, wish, key: nil, on: server).status == 401)
            let made = try await Self.request("PUT", one, wish, on: server)
            #expect(made.status == 201)
            #expect(made.body?["id"]?.string == one && made.body?["name"] == "clerk")
            #expect(made.body?["type"] == "Microsoft.CognitiveServices/accounts/deployments")
            #expect(made.body?["sku"] == ["name": "GlobalStandard", "capacity": 1])
            #expect(made.body?["properties"]?["model"] == Self.standard)
            #expect(made.body?["properties"]?["provisioningState"] == "Succeeded")
            #expect(made.body?["systemData"]?["createdAt"]?.string?.hasSuffix("Z") == true)
            #expect(try await Self.request("PUT", one, wish, on: server).status == 200)
            #expect(try await Self.request("GET", one, on: server).body?["name"] == "clerk")
            let list = try await Self.request("GET", Self.account + "/deployments", on: server).body?["value"]
            #expect(list?.array?.compactMap { $0["name"]?.string }.contains("clerk") == true)
            #expect(list?.array?.count == 5)

            // It answers at once, on each path, with what it was told, by its own engine.
            for path in [
                "/v1/realtime?model=clerk", "/openai/realtime?api-version=2024-10-01-preview&deployment=clerk",
            ] {
                let socket = try await server.connect(path, headers: [.init(name: "api-key", value: "secret")])
                try await socket.send(text: #"{"type":"response.create"}"#)
                var answer = ""
                messages: for try await case .text(let text) in socket.messages {
                    let event = try JSONValue(parsing: text)
                    switch event["type"] {
                    case "session.created": #expect(event["session"]?["instructions"] == "Be polite.")
                    case "response.output_text.delta", "response.text.delta": answer += event["delta"]?.string ?? ""
                    case "response.done": break messages
                    default: break
                    }
                }
                #expect(answer == "I am small.", "\(path)")
                await socket.close()
            }

            // A session that runs goes on when its deployment goes.
            let socket = try await server.connect(
                "/v1/realtime?model=clerk", headers: [.init(name: "api-key", value: "secret")])
            #expect(try await Self.request("DELETE", one, on: server).status == 200)
            #expect(try await Self.request("DELETE", one, on: server).status == 204)
            try await socket.send(text: #"{"type":"response.create"}"#)
            var isDone = false
            for try await case .text(let text) in socket.messages where text.contains(#""type":"response.done""#) {
                isDone = text.contains(#""status":"completed""#)
                break
            }
            #expect(isDone)
            await socket.close()
            let gone = try await server.connect(
                "/v1/realtime?model=clerk", headers: [.init(name: "api-key", value: "secret")])
            let refusal = try await gone.messages.first { _ in true }
            if case .text(let text)? = refusal { #expect(text.contains("invalid_model")) }

            for (body, code) in [
                (Self.body(["name": "gpt-9"]), "DeploymentModelNotSupported"),
                (Self.body(Self.standard, ["session": ["voice": 5]]), "InvalidRequestContent"),
            ] {
                let refused = try await Self.request("PUT", one, body, on: server)
                #expect(refused.status == 400 && refused.body?["error"]?["code"]?.string == code)
            }
            #expect(
                try await Self.request("DELETE", Self.account + "/deployments/gpt-realtime", on: server).status == 409)
            let large = JSONValue.string(String(repeating: "x", count: 1_100_000))
            #expect(try await Self.request("PUT", one, large, on: server).status == 413)
        }
    }

    @Test("a deployment whose engines are not there yet refuses sessions and says so")
    func loading() async throws {
        let conversations = Conversations(rules: .init())
        conversations.use(ScriptedEngines().cascade)
        try await TestServer.with(
            conversations,
            configure: { configuration in
                configuration.deployments = [
                    try! Deployment("large", json: Self.body(Self.standard, ["engine": "large"]))
                ]
            }
        ) { server in
            for (state, code, words) in [
                (EngineShelf.State.loading, "not_ready", "are being loaded"),
                (.failed("No memory."), "no_engines", "No memory."),
            ] {
                conversations.engines.put(state, for: .large)
                let socket = try await server.connect("/v1/realtime?model=large")
                guard case .text(let text)? = try await socket.messages.first(where: { _ in true }) else {
                    Issue.record("nothing came")
                    return
                }
                #expect(text.contains(code) && text.contains(words))
            }
        }
    }

    @Test("a deployment of the server's own preset shares its engines")
    func ownPreset() async {
        let shelf = EngineShelf()
        shelf.put(own: ScriptedEngines().cascade, preset: .standard)
        await shelf.keep([.standard]) { _ in
            Issue.record("loaded again")
            return ScriptedEngines().cascade
        }
        if case .ready = shelf[.standard] {} else { Issue.record("not there") }
        if case .loading = shelf[.small] {} else { Issue.record("small is there") }
    }

    @Test("engines are loaded once, and let go of when nobody needs them")
    func shelf() async throws {
        let shelf = EngineShelf()
        shelf.put(.ready(ScriptedEngines().cascade), for: nil)
        var loaded: [EngineShelf.Name] = []
        await shelf.keep([.small, .large]) { name in
            loaded.append(name)
            if name == .large { throw ServerError(.invalidConfiguration, "No model.") }
            return ScriptedEngines().cascade
        }
        #expect(loaded == [.large, .small])
        if case .failed(let why) = shelf[.large] { #expect(why == "No model.") } else { Issue.record("large is there") }
        await shelf.keep([.small]) { name in
            loaded.append(name)
            return ScriptedEngines().cascade
        }
        #expect(loaded.count == 2)
        await shelf.keep([]) { _ in ScriptedEngines().cascade }
        if case .ready = shelf[.small] { Issue.record("small is still there") }
        if case .ready = shelf[nil] {} else { Issue.record("the server's own are gone") }
    }
}
