import Foundation
import RealtimeClient
import RealtimeProtocol
import RealtimeTesting
import SessionCore
import Synchronization
import Testing

@testable import RealtimeServer

/// Whatever clients show, right or wrong, in whichever place: it is found in no log at the finest level, no answer, no metric,
/// no recording, no database and no printed configuration. `make check` searches its own output as well.
@Suite(.serialized) struct SecretsTests {
    /// What each secret here holds, in its middle.
    private static let mark = "never-to-be-seen"
    private static let key = "key-\(mark)-0123456789"
    private static let wrong = "wrong-\(mark)-0123456789"

    @Test("secrets are found nowhere")
    func nowhere() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "vivavoce-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let answers = Mutex<[String]>([])
        let secrets = Mutex<[String]>([Self.mark])
        let conversations = Conversations(
            rules: Session.Rules(), recordings: try RecordingFolder(path: folder + "/recordings"))
        conversations.use(ScriptedEngines().cascade)
        let issuer = try TokenIssuer("http://127.0.0.1:9")
        var log: TestLog?
        try await TestServer.with(
            conversations,
            configure: {
                $0.apiKeys = [Self.key]
                $0.tokenIssuers = [issuer]
            }
        ) { server in
            log = server.log
            let made = try await server.post("/v1/realtime/client_secrets", "{}", key: Self.key)
            let secret = try #require(made.body["value"]?.string)
            secrets.withLock { $0.append(String(secret.dropFirst(3))) }
            let token = "eyJhbGciOiJSUzI1NiJ9.\(Data(Self.mark.utf8).base64EncodedString()).c2ln"
            secrets.withLock { $0.append(String(token.dropFirst(20))) }
            for shown in [Self.key, Self.wrong, secret, "ek_\(Self.mark)", token, "\(Self.mark)\u{7}"] {
                let query = shown.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? shown
                let fields: [(String, [String])] = [
                    ("", ["Authorization: Bearer \(shown)"]), ("", ["api-key: \(shown)"]), ("api-key=\(query)&", []),
                    ("Authorization=Bearer%20\(query)&", []),
                    ("", ["Sec-WebSocket-Protocol: realtime, openai-insecure-api-key.\(shown)"]),
                ]
                for (parameter, more) in fields {
                    let targets = [
                        "/v1/realtime?\(parameter)model=gpt-realtime", "/openai/v1/realtime?\(parameter)model=mine",
                        "/openai/realtime?\(parameter)api-version=2024-10-01-preview&deployment=gpt-realtime",
                    ]
                    for target in targets {
                        let upgrade = [
                            "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                        ]
                        try await Self.ask(
                            server, ["GET \(target) HTTP/1.1", "Host: localhost"] + upgrade + more, answers)
                    }
                    for target in [
                        "/v1/models?\(parameter)", "/accounts/me/deployments?\(parameter)", "/x?\(parameter)",
                    ] {
                        try await Self.ask(server, ["GET \(target) HTTP/1.1", "Host: localhost"] + more, answers)
                    }
                }
            }
            // A session that is recorded, and ends.
            var reader = EventReader(
                try await server.connect(headers: [Header(name: "Authorization", value: "Bearer \(Self.key)")]))
            #expect(try await reader.next()["type"] == "session.created")
            await reader.socket.close()
            try await Self.ask(
                server, ["GET /metrics HTTP/1.1", "Host: localhost", "Authorization: Bearer \(Self.key)"], answers)
        }
        let database = try ServerDatabase(folder: folder)
        let stored = try await KeyRing(ServerConfiguration(), database).regenerate(.key1)
        secrets.withLock { $0.append(stored) }
        var printed = try await ConfigurationSources(
            environment: ["VIVAVOCE_API_KEYS": "\(Self.key),\(Self.wrong)"]
        ).load()
        var texts = answers.withLock { $0 } + (log?.lines ?? []) + [printed.yaml, "\(printed.configuration)"]
        let error = #expect(throws: ServerError.self) {
            let key = try #require(ServerConfiguration.keys.first { $0.name == "api-keys" })
            try printed.set(key, text: "[\(Self.key)", at: .variable("VIVAVOCE_API_KEYS"))
        }
        texts.append("\(try #require(error))")
        texts += try Self.files(in: folder)
        #expect(texts.count > 300, "much was searched")
        for secret in secrets.withLock({ $0 }) {
            for text in texts where text.contains(secret) { Issue.record("\(text.prefix(300))") }
        }
    }

    /// Asks, and keeps what is answered, until the server closes or says nothing for a while.
    private static func ask(_ server: TestServer, _ lines: [String], _ answers: borrowing Mutex<[String]>) async throws
    {
        let answer = Kept()
        try await RawSocket.with(server) { socket in
            let (head, body) = try socket.request(lines: lines)
            answer.text.withLock { $0 = head + body }
            if head.hasPrefix("HTTP/1.1 101"), let event = try? socket.text() { answer.text.withLock { $0 += event } }
        }
        let text = answer.text.withLock { $0 }
        answers.withLock { $0.append(text) }
    }

    private final class Kept: Sendable {
        let text = Mutex("")
    }

    private static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).compactMap {
            FileManager.default.contents(atPath: "\(folder)/\($0)").map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
