import Foundation
import RealtimeProtocol
import Synchronization
import Testing

@testable import RealtimeClient

struct WebSocketTransportTests {
    @Test func whereNothingListens() async {
        let error = await #expect(throws: ClientError.self) {
            // Port 1 is nobody's.
            _ = try await WebSocketTransport.connect(to: "ws://127.0.0.1:1/")
        }
        #expect(error?.code == .connectionFailed)
        #expect(error?.message.contains("127.0.0.1:1") == true)
    }

    @Test(
        arguments: [
            ([Header(name: "a b", value: "x")], []), ([Header(name: "", value: "x")], []),
            ([Header(name: "a", value: "hush\r\nb: c")], []), ([], ["real time"]), ([], [""]),
        ] as [([Header], [String])])
    func whatHTTPDoesNotAllow(headers: [Header], subprotocols: [String]) async {
        let error = await #expect(throws: ClientError.self) {
            _ = try await WebSocketTransport.connect(
                to: "ws://127.0.0.1:1/", headers: headers, subprotocols: subprotocols)
        }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("hush") == false)
    }

    @Test func aServerThatSaysNothing() async throws {
        let server = try ScriptedServer { _ in Thread.sleep(forTimeInterval: 3) }
        var limits = WebSocketTransport.Limits()
        limits.connectTime = .milliseconds(300)
        let error = await #expect(throws: ClientError.self) {
            _ = try await WebSocketTransport.connect(to: "ws://127.0.0.1:\(server.port)/", limits: limits)
        }
        #expect(error?.code == .connectionFailed)
        #expect(error?.message.contains("did not answer the WebSocket handshake") == true)
    }

    @Test func aServerThatSpeaksSomethingElse() async throws {
        for words in [
            "220 mail.example.com ESMTP\r\n", "HTTP/1.1 101 Yes\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
        ] {
            let server = try ScriptedServer { descriptor in
                _ = ScriptedServer.head(descriptor)
                ScriptedServer.send(descriptor, Array(words.utf8))
            }
            let error = await #expect(throws: ClientError.self) {
                _ = try await WebSocketTransport.connect(to: "ws://127.0.0.1:\(server.port)/")
            }
            #expect(error?.code == .connectionFailed)
        }
    }

    @Test func aRefusalIsShownWhole() async throws {
        let server = try ScriptedServer { descriptor in
            _ = ScriptedServer.head(descriptor)
            ScriptedServer.send(
                descriptor,
                Array("HTTP/1.1 429 Slow\r\nRetry-After: 5\r\nContent-Length: 9\r\n\r\n{\"a\":\"b\"}".utf8))
        }
        let error = await #expect(throws: ClientError.self) {
            _ = try await WebSocketTransport.connect(to: "ws://127.0.0.1:\(server.port)/a?api-key=hush")
        }
        #expect(error?.code == .upgradeRefused)
        #expect(error?.refusal?.status == 429)
        #expect(error?.refusal?.headers.contains(Header(name: "Retry-After", value: "5")) == true)
        #expect(error?.refusal?.body == #"{"a":"b"}"#)
        #expect(error?.message.contains("hush") == false)
    }

    @Test func anUpgradedServerThatVanishes() async throws {
        let server = try ScriptedServer { descriptor in
            ScriptedServer.upgrade(descriptor)
            ScriptedServer.send(descriptor, [0x81, 2, 0x68, 0x69, 0x81, 9, 0x68])
        }
        let socket = try await WebSocketTransport.connect(to: "ws://127.0.0.1:\(server.port)/")
        var messages = socket.messages.makeAsyncIterator()
        #expect(try await messages.next() == .text("hi"))
        let error = await #expect(throws: ClientError.self) { _ = try await messages.next() }
        #expect(error?.code == .connectionLost)
        #expect(socket.closeStatus?.code == 1006)
        let closed = await #expect(throws: ClientError.self) { try await socket.send(text: "x") }
        #expect(closed?.code == .connectionClosed)
    }

    @Test func fragmentsPingsAndTheServersClose() async throws {
        let server = try ScriptedServer { descriptor in
            ScriptedServer.upgrade(descriptor)
            ScriptedServer.send(descriptor, [0x01, 1, 0x61, 0x89, 1, 0x70, 0x80, 1, 0x62, 0x82, 1, 7])
            ScriptedServer.send(descriptor, [0x88, 4, 0x0B, 0xB8, 0x6E, 0x6F])
            Thread.sleep(forTimeInterval: 0.3)
        }
        let socket = try await WebSocketTransport.connect(to: "ws://127.0.0.1:\(server.port)/")
        var got: [WebSocketTransport.Message] = []
        for try await message in socket.messages { got.append(message) }
        #expect(got == [.text("ab"), .binary([7])])
        #expect(socket.closeStatus == CloseStatus(code: 3000, reason: "no"))
    }

    @Test func aServerThatSendsWhatIsNoText() async throws {
        let server = try ScriptedServer { descriptor in
            ScriptedServer.upgrade(descriptor)
            ScriptedServer.send(descriptor, [0x81, 1, 0xFF])
            Thread.sleep(forTimeInterval: 0.2)
        }
        let socket = try await WebSocketTransport.connect(to: "ws://127.0.0.1:\(server.port)/")
        for try await message in socket.messages { Issue.record("\(message)") }
        #expect(socket.closeStatus?.code == 1007)
    }

    @Test func silenceCountsAsLost() async throws {
        let server = try ScriptedServer { descriptor in
            ScriptedServer.upgrade(descriptor)
            Thread.sleep(forTimeInterval: 2)
        }
        var limits = WebSocketTransport.Limits()
        limits.pingInterval = .milliseconds(50)
        limits.longestSilence = .milliseconds(200)
        let socket = try await WebSocketTransport.connect(to: "ws://127.0.0.1:\(server.port)/", limits: limits)
        let error = await #expect(throws: ClientError.self) { for try await _ in socket.messages {} }
        #expect(error?.code == .connectionLost)
    }

    @Test func tlsWithAFileThatIsNone() async {
        let error = await #expect(throws: ClientError.self) {
            _ = try await WebSocketTransport.connect(to: "wss://127.0.0.1:1/", trustedCertificates: "/nowhere.pem")
        }
        #expect(error?.code == .invalidRequest)
        #expect(error?.message.contains("/nowhere.pem") == true)
    }

    @Test func throughAProxy() async throws {
        let asked = Mutex("")
        let proxy = try ScriptedServer { descriptor in
            asked.withLock { $0 = ScriptedServer.head(descriptor) }
            ScriptedServer.send(descriptor, Array("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n".utf8))
            ScriptedServer.upgrade(descriptor)
            ScriptedServer.send(descriptor, [0x81, 2, 0x68, 0x69])
            Thread.sleep(forTimeInterval: 0.2)
        }
        let socket = try await WebSocketTransport.connect(
            to: "ws://service.example:8080/v1/realtime?model=m", proxy: "http://ada:p%40ss@127.0.0.1:\(proxy.port)")
        var messages = socket.messages.makeAsyncIterator()
        #expect(try await messages.next() == .text("hi"))
        let lines = asked.withLock { $0.split(separator: "\r\n").map(String.init) }
        #expect(
            lines == [
                "CONNECT service.example:8080 HTTP/1.1", "Host: service.example:8080",
                "Proxy-Authorization: Basic \(Base64.encode(Array("ada:p@ss".utf8)))",
            ])
        await socket.close()
    }

    @Test(arguments: [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "it answered 407 Proxy Authentication Required"),
        (String(repeating: "x", count: 20_000), "it did not answer as a proxy"), ("\r\n\r\n", "it answered"),
    ])
    func aProxyThatRefuses(answer: String, said: String) async throws {
        let proxy = try ScriptedServer { descriptor in
            _ = ScriptedServer.head(descriptor)
            ScriptedServer.send(descriptor, Array(answer.utf8))
            Thread.sleep(forTimeInterval: 0.2)
        }
        let error = await #expect(throws: ClientError.self) {
            _ = try await WebSocketTransport.connect(
                to: "ws://service.example/", proxy: "http://ada:hush@127.0.0.1:\(proxy.port)")
        }
        #expect(error?.code == .connectionFailed)
        #expect(error?.message.contains(said) == true, "\(String(describing: error))")
        #expect(error?.message.contains("hush") == false)
    }

    @Test(arguments: ["https://proxy:1", "socks5://proxy:1", "http://:1", "http://a%zz@proxy:1", "http://proxy:none"])
    func aProxyThatIsNone(url: String) async {
        let error = await #expect(throws: ClientError.self) {
            _ = try await WebSocketTransport.connect(to: "ws://service.example/", proxy: url)
        }
        #expect(error?.code == .invalidRequest)
    }
}
