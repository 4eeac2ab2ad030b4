import Foundation
import Logging
import RealtimeClient
import RealtimeProtocol
import SessionCore
import Testing

@testable import RealtimeServer

/// RFC 6455 and protocol.md A.4, with a socket that can do wrong.
@Suite(.serialized)
struct WebSocketTests {
    @Test func fragmentsWithAPingBetweenThem() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                try socket.send(opcode: 1, Array("a😀".utf8.prefix(3)), fin: false)
                try socket.send(opcode: 9, Array("ping".utf8))
                try socket.send(opcode: 0, [], fin: false)
                try socket.send(opcode: 0, Array("a😀".utf8.dropFirst(3)))
                #expect(try socket.frame() == .init(opcode: 10, payload: Array("ping".utf8)))
                #expect(try socket.text() == "a😀")
            }
        }
    }

    /// It ended the process once: what follows a request in the same packet is no part of HTTP.
    @Test(arguments: [[] as [String], ["Authorization: Bearer wrong"]])
    func aFrameRightBehindTheRequest(more: [String]) async throws {
        try await TestServer.with(configure: { if !more.isEmpty { $0.apiKeys = ["right"] } }) { server in
            try await RawSocket.with(server) { socket in
                let lines =
                    [
                        "GET /v1/realtime?model=gpt-realtime HTTP/1.1", "Host: localhost", "Connection: Upgrade",
                        "Upgrade: websocket", "Sec-WebSocket-Version: 13",
                        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    ] + more
                let frame: [UInt8] = [0x89, 0x82, 0, 0, 0, 0, 0x68, 0x69]
                try socket.send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + frame)
                #expect(try socket.head().hasPrefix("HTTP/1.1 101"))
                if more.isEmpty { #expect(try socket.frame() == .init(opcode: 10, payload: Array("hi".utf8))) }
            }
            // The server is still there.
            try await RawSocket.with(server) { try $0.request("GET /healthz HTTP/1.1", "Host: localhost") }
        }
    }

    /// It was left without an answer once, until its time was over.
    @Test(
        "what is no HTTP is told so at once",
        arguments: [
            "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nX: a\u{7}b\r\n\r\n",
            "GET /v1/models HTTP/1.1\r\nHost localhost\r\n\r\n", "hello\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\0\u{1}",
        ])
    func noHTTP(text: String) async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                let start = ContinuousClock.now
                try socket.send(Array(text.utf8))
                #expect(try socket.head().hasPrefix("HTTP/1.1 400"))
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }

    /// It overflowed the stack once: NIO calls itself for each protocol that is named.
    @Test func manyProtocolsInOneField() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                let answer = try socket.request(
                    "GET /v2 HTTP/1.1", "Host: localhost", "Connection: Upgrade",
                    "Upgrade: websocket" + String(repeating: ",websocket", count: 7500), "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")
                #expect(answer.head.hasPrefix("HTTP/1.1 404"))
            }
            try await RawSocket.with(server) { try $0.request("GET /healthz HTTP/1.1", "Host: localhost") }
        }
    }

    @Test func twentyMegabytesInOneFrameAndInMany() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                let count = 20 * 1024 * 1024 + 1000
                try socket.send(opcode: 1, [UInt8](repeating: 0x61, count: count))
                #expect(try socket.text() == "\(count)")
                let piece = [UInt8](repeating: 0x62, count: 1024)
                try socket.send(opcode: 1, [], fin: false)
                let frames = Array(
                    repeating: RawSocket.header(opcode: 0, length: 1024, fin: false) + piece, count: 1024
                ).flatMap { $0 }
                for _ in 0..<20 { try socket.send(frames) }
                try socket.send(opcode: 0, [])
                #expect(try socket.text() == "\(20 * 1024 * 1024)")
            }
        }
    }

    @Test(arguments: [true, false])
    func twentyFiveMegabytesAreTooMany(inOneFrame: Bool) async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                let piece = [UInt8](repeating: 0x61, count: 1024 * 1024)
                if inOneFrame {
                    try socket.send(RawSocket.header(opcode: 1, length: 25 * piece.count))
                    for _ in 0..<25 { try socket.send(piece) }
                } else {
                    for index in 0..<25 { try socket.send(opcode: index == 0 ? 1 : 0, piece, fin: false) }
                }
                #expect(try socket.frame().closing == "1009 A message may have 25165824 bytes at most.")
                #expect(socket.isAtEnd())
            }
            #expect(try await server.log.waits(for: "session ended")?.contains("close_code=1009") == true)
        }
    }

    struct Wrong: Sendable {
        var closing: String
        var send: @Sendable (RawSocket) throws -> Void
    }

    static let wrongs: [Wrong] = [
        Wrong(closing: "1007 A text message must be UTF-8.") { try $0.send(opcode: 1, [0x61, 0xFF]) },
        Wrong(closing: "1007 A text message must be UTF-8.") { try $0.send(opcode: 1, [0xED, 0xA0, 0x80]) },
        Wrong(closing: "1007 A text message must be UTF-8.") {
            try $0.send(opcode: 1, [0xC3], fin: false)
            try $0.send(opcode: 0, [0x28])
        },
        Wrong(closing: "1002 A client must mask its frames.") { try $0.send(opcode: 1, [0x61], masked: false) },
        Wrong(closing: "1002 A reserved bit is set and no extension was negotiated.") {
            try $0.send(opcode: 1, [0x61], reserved: 0x40)
        },
        Wrong(closing: "1002 Unknown opcode.") { try $0.send(opcode: 3, [0x61]) },
        Wrong(closing: "1002 A fragment continues no message.") { try $0.send(opcode: 0, [0x61]) },
        Wrong(closing: "1002 A message began before the last fragment of another.") {
            try $0.send(opcode: 1, [0x61], fin: false)
            try $0.send(opcode: 1, [0x61])
        },
        Wrong(closing: "1002 An invalid control frame.") { try $0.send(opcode: 9, [0x61], fin: false) },
        Wrong(closing: "1002 An invalid close frame.") { try $0.send(opcode: 8, [3]) },
        Wrong(closing: "1002 An invalid close frame.") { try $0.send(opcode: 8, [3, 0xED]) },  // 1005
        Wrong(closing: "1002 An invalid close frame.") { try $0.send(opcode: 8, [0, 1]) },
        Wrong(closing: "1000 ") { try $0.send(opcode: 8, [3, 0xE8]) },
        Wrong(closing: "4321 ") { try $0.send(opcode: 8, [16, 225] + Array("why".utf8)) },
        Wrong(closing: "8") { try $0.send(opcode: 8, []) },
    ]

    @Test func whatEndsAConnectionAndHow() async throws {
        try await TestServer.with { server in
            for wrong in Self.wrongs {
                try await RawSocket.with(server) { socket in
                    try socket.upgrade()
                    try wrong.send(socket)
                    #expect(try socket.frame().closing == wrong.closing)
                    #expect(socket.isAtEnd())
                }
            }
        }
    }

    @Test func binaryFramesReachTheSession() async throws {
        try await TestServer.with { server in
            let socket = try await server.connect()
            try await socket.send(binary: [1, 2, 3])
            #expect(try await socket.messages.first { _ in true } == .text("binary 3"))
            await socket.close()
        }
    }

    @Test func batchesComeInOrder() async throws {
        try await TestServer.with { server in
            let socket = try await server.connect()
            try await socket.send(text: "batch")
            var got: [WebSocketTransport.Message] = []
            for try await message in socket.messages {
                got.append(message)
                if got.count == 3 { break }
            }
            #expect(got == [.text("1"), .text("2"), .text("3")])
        }
    }

    @Test func pingsComeAndSilenceEnds() async throws {
        var limits = WebSocketLimits()
        limits.pingInterval = .milliseconds(100)
        limits.longestSilence = .milliseconds(1500)
        try await TestServer.with(limits: limits) { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                // A peer that answers lives on.
                for number in 1...6 {
                    let ping = try socket.frame()
                    #expect(ping == .init(opcode: 9, payload: [0, 0, 0, UInt8(number)]))
                    try socket.send(opcode: 10, ping.payload)
                }
                try socket.send(opcode: 1, Array("still here".utf8))
                while true {
                    let frame = try socket.frame()
                    if frame.opcode == 9 { continue }
                    #expect(frame.opcode == 1)
                    break
                }
                // One that does not is closed.
                var frame = try socket.frame()
                var pings = 0
                while frame.opcode == 9 {
                    pings += 1
                    frame = try socket.frame()
                }
                #expect(pings >= 2)
                #expect(frame.closing == "1011 keepalive ping timeout")
                #expect(socket.isAtEnd())
            }
            #expect(try await server.log.waits(for: "session ended")?.contains("close_code=1011") == true)
        }
    }

    @Test func aSlowSessionIsNotThePeersSilence() async throws {
        struct Slow: RealtimeSessionHandler {
            func serve(
                _ connection: WebSocketConnection, _: Handshake, meter _: any SessionMeter,
                control _: SessionControl, logger _: Logger
            ) async throws {
                var messages = connection.messages.makeAsyncIterator()
                _ = try await messages.next()
                try await Task.sleep(for: .milliseconds(800))
                var count = 1
                while count < 200, try await messages.next() != nil { count += 1 }
                try await connection.send(text: "\(count)")
            }
        }
        var limits = WebSocketLimits()
        limits.pingInterval = .milliseconds(50)
        limits.longestSilence = .milliseconds(200)
        try await TestServer.with(Slow(), limits: limits) { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                // Far more than the socket's buffers hold: the server must stop reading and hear no pong.
                let message = [UInt8](repeating: 0x61, count: 100_000)
                for _ in 0..<200 { try socket.send(opcode: 1, message) }
                var frame = try socket.frame()
                while frame.opcode == 9 { frame = try socket.frame() }
                #expect(frame == .init(opcode: 1, payload: Array("200".utf8)))
            }
        }
    }

    @Test func aClientThatDoesNotReadStopsTheSession() async throws {
        let sent = Counter()
        struct Flood: RealtimeSessionHandler {
            let sent: Counter
            func serve(
                _ connection: WebSocketConnection, _: Handshake, meter _: any SessionMeter,
                control _: SessionControl, logger _: Logger
            ) async throws {
                let text = String(repeating: "x", count: 100_000)
                while true {
                    try await connection.send(text: text)
                    sent.add(1)
                }
            }
        }
        try await TestServer.with(Flood(sent: sent)) { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                var before = -1
                while sent.value != before {
                    before = sent.value
                    #expect(before < 2000)  // 200 MB: far more than the kernel's buffers
                    Thread.sleep(forTimeInterval: 0.5)
                }
                socket.close()
            }
            #expect(try await server.log.waits(for: "session ended")?.contains("close_code=1006") == true)
        }
    }

    /// A handler that says more than anybody wants to hear.
    private struct Flood: RealtimeSessionHandler {
        func serve(
            _ connection: WebSocketConnection, _: Handshake, meter _: any SessionMeter, control _: SessionControl,
            logger _: Logger
        ) async throws {
            let text = String(repeating: "x", count: 100_000)
            while true { try await connection.send(text: text) }
        }
    }

    @Test("a client that takes nothing of what waits for it is closed with 1013")
    func aClientThatNeverReads() async throws {
        var limits = WebSocketLimits()
        limits.sendQueue = .seconds(1)
        limits.slowestReading = .seconds(1)
        limits.closingTime = .milliseconds(100)
        try await TestServer.with(Flood(), limits: limits) { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                Thread.sleep(forTimeInterval: 3)
            }
            #expect(try await server.log.waits(for: "session ended")?.contains("close_code=1013") == true)
        }
        #expect(limits.slowReason == "The client reads too slowly: 1000 ms of audio have waited for 1 seconds.")
    }

    @Test("a client that reads slowly is waited for")
    func aClientThatReadsSlowly() async throws {
        var limits = WebSocketLimits()
        limits.sendQueue = .seconds(1)
        limits.slowestReading = .milliseconds(500)
        try await TestServer.with(Flood(), limits: limits) { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                for _ in 0..<30 {
                    for _ in 0..<5 { #expect(try socket.text().utf8.count == 100_000) }
                    Thread.sleep(forTimeInterval: 0.1)
                }
                socket.close()
            }
            #expect(try await server.log.waits(for: "session ended")?.contains("close_code=1006") == true)
        }
    }

    @Test("a connection too many is answered by 503, until one has ended")
    func connectionCeiling() async throws {
        try await TestServer.with(configure: { $0.maxConnections = 2 }) { server in
            let first = try await server.connect()
            let second = try await server.connect()
            let answer = try await server.get("/healthz")
            #expect(answer.head.hasPrefix("HTTP/1.1 503"))
            #expect(
                answer.body["error"]?["message"]?.string?.contains("All 2 connections of this server are in use.")
                    == true)
            await first.close()
            var status = ""
            for _ in 0..<500 where !status.hasPrefix("HTTP/1.1 200") {
                status = try await server.get("/healthz").head
                try await Task.sleep(for: .milliseconds(10))
            }
            #expect(status.hasPrefix("HTTP/1.1 200"))
            await second.close()
        }
    }

    @Test("a server that uses more memory than it may lets nobody else in")
    func memoryCeiling() async throws {
        try await TestServer.with(configure: { $0.memoryLimitMB = 1 }) { server in
            let answer = try await server.refusal("/openai/v1/realtime?model=gpt-realtime", [])
            #expect(answer.head.hasPrefix("HTTP/1.1 429") && answer.head.lowercased().contains("retry-after: 20"))
            #expect(answer.body["error"]?["message"]?.string?.contains("memory-limit-mb") == true)
        }
    }

    @Test func aPingFloodDoesNotFillOurMemory() async throws {
        try await TestServer.with { server in
            try await RawSocket.with(server) { socket in
                try socket.upgrade()
                let ping = RawSocket.header(opcode: 9, length: 125) + [UInt8](repeating: 0, count: 125)
                let many = Array(repeating: ping, count: 1000).flatMap { $0 }
                // 2.6 MB of pings without reading one pong; sending must not fail.
                for _ in 0..<20 { try socket.send(many) }
                try socket.send(opcode: 1, Array("after".utf8))
                var frame = try socket.frame()
                while frame.opcode == 10 { frame = try socket.frame() }
                #expect(frame.payload == Array("after".utf8))
            }
        }
    }
}
