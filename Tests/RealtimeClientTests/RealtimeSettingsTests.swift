import Foundation
import RealtimeProtocol
import Testing

@testable import RealtimeClient

@Suite struct RealtimeSettingsTests {
    @Test("Azure with a key")
    func azure() async throws {
        let settings = try RealtimeSettings(
            environment: [
                "AZURE_OPENAI_ENDPOINT": "https://e", "AZURE_OPENAI_DEPLOYMENT_NAME": "d",
                "OPENAI_API_VERSION": "2024-10-01-preview", "AZURE_OPENAI_API_KEY": "k",
            ], file: nil)
        #expect(settings.service == .azure(endpoint: "https://e", deployment: "d", apiVersion: "2024-10-01-preview"))
        #expect(settings.signIn == "Signed in with the key in AZURE_OPENAI_API_KEY.")
        #expect(try await settings.service.headers(for: settings.credential).map(\.name) == ["api-key"])
    }

    @Test("Azure without a key signs in keyless; when both are possible the key wins and it is said")
    func keyless() throws {
        var environment = [
            "AZURE_OPENAI_ENDPOINT": "https://e", "AZURE_OPENAI_DEPLOYMENT_NAME": "d", "AZURE_CLIENT_ID": "c",
            "AZURE_OPENAI_API_KEY": "",
        ]
        #expect(
            try RealtimeSettings(environment: environment, file: nil).signIn
                == "Signed in without a key, by DefaultAzureCredential: AZURE_OPENAI_API_KEY is not set.")
        environment["AZURE_OPENAI_API_KEY"] = "k"
        #expect(
            try RealtimeSettings(environment: environment, file: nil).signIn.hasSuffix(
                "Unset it to sign in without a key, for which the environment is set up too."))
    }

    @Test("OpenAI, or a server in its place")
    func openAI() throws {
        #expect(
            try RealtimeSettings(environment: ["OPENAI_API_KEY": "k"], file: nil).service
                == .openAI(model: "gpt-realtime"))
        let own = try RealtimeSettings(
            environment: ["OPENAI_BASE_URL": "http://localhost:8080/v1", "OPENAI_MODEL": "m"], file: nil)
        #expect(own.service.url == "http://localhost:8080/v1/realtime?model=m")
        #expect(own.signIn == "Nothing to sign in with: OPENAI_API_KEY is not set.")
    }

    @Test("what is missing is named")
    func missing() {
        func message(_ environment: [String: String]) -> String {
            do {
                _ = try RealtimeSettings(environment: environment, file: nil)
                return "read"
            } catch {
                return "\(error)"
            }
        }
        #expect(message([:]).contains("Set AZURE_OPENAI_ENDPOINT and AZURE_OPENAI_DEPLOYMENT_NAME, or OPENAI_API_KEY"))
        #expect(message(["AZURE_OPENAI_ENDPOINT": "https://e"]).contains("AZURE_OPENAI_DEPLOYMENT_NAME is not"))
    }

    @Test("a .env file is read, and the environment counts more")
    func file() throws {
        let file = NSTemporaryDirectory() + "vivavoce-\(UUID().uuidString).env"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try """
        # the service
        export OPENAI_BASE_URL = "http://localhost:1/v1"   # local
        OPENAI_MODEL=from-file
        OPENAI_API_KEY='a # b'

        """.write(toFile: file, atomically: true, encoding: .utf8)
        let settings = try RealtimeSettings(environment: ["OPENAI_MODEL": "from-environment"], file: file)
        #expect(settings.service.url == "http://localhost:1/v1/realtime?model=from-environment")
    }

    @Test(
        "lines of a .env file",
        arguments: [
            ("A=b", ["A": "b"]), ("A=", ["A": ""]), ("A = b c # d", ["A": "b c"]), ("A=b#c", ["A": "b#c"]),
            ("A=\"b # c\" # d", ["A": "b # c"]), ("\r\n  \n#x\nA=b\r\n", ["A": "b"]), ("A=b=c", ["A": "b=c"]),
        ])
    func lines(text: String, values: [String: String]) throws {
        #expect(try DotEnv.parse(text, name: ".env") == values)
    }

    @Test("a line that is none is named, without its content")
    func badLines() {
        for text in ["A=b\nsecret", "A=b\n=secret", "A=b\nKEY=\"secret"] {
            let error = #expect(throws: ClientError.self) { try DotEnv.parse(text, name: ".env") }
            #expect(error?.message.contains(".env, line 2") == true)
            #expect(error?.message.contains("secret") == false)
        }
    }
}
