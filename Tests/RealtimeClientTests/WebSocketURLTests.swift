import Testing

@testable import RealtimeClient

struct WebSocketURLTests {
    @Test(arguments: [
        ("ws://localhost:8080/v1/realtime?model=a", false, "localhost", 8080, "/v1/realtime?model=a", "localhost:8080"),
        ("wss://api.example.com", true, "api.example.com", 443, "/", "api.example.com"),
        ("HTTPS://Example.com/x#y", true, "Example.com", 443, "/x", "Example.com"),
        ("http://127.0.0.1?model=a", false, "127.0.0.1", 80, "/?model=a", "127.0.0.1"),
        ("ws://[::1]:1/", false, "::1", 1, "/", "[::1]:1"), ("ws://[::1]", false, "::1", 80, "/", "[::1]"),
    ])
    func parts(text: String, isSecure: Bool, host: String, port: Int, target: String, authority: String) throws {
        let url = try WebSocketURL(text)
        #expect(url.isSecure == isSecure)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.target == target)
        #expect(url.authority == authority)
    }

    @Test(arguments: [
        ("", "must begin with ws://"), ("localhost:8080", "must begin with ws://"),
        ("ftp://x", "must begin with ws://"),
        ("ws://", "names no host"), ("ws:///x", "names no host"), ("ws://:80", "names no host"),
        ("ws://x:0", "as its port"), ("ws://x:70000", "as its port"), ("ws://x:y", "as its port"),
        ("ws://[::1]x", "as its port"), ("ws://x/a b", "a space"), ("ws://x/é", "outside ASCII"),
        ("ws://x/\r\nHost: y", "a space"), ("ws://me:secret@x/", "a user's name"),
    ])
    func whatIsNoURL(text: String, words: String) {
        let error = #expect(throws: ClientError.self) { try WebSocketURL(text) }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
    }

    @Test func aKeyInTheQueryIsNotShown() {
        let error = #expect(throws: ClientError.self) { try WebSocketURL("ws://x:y/?api-key=hush") }
        #expect(error?.message.contains("hush") == false)
    }
}
