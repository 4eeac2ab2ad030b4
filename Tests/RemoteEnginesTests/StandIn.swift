import Foundation
import NIOCore
import NIOPosix
import RealtimeProtocol
import Synchronization

/// A stand-in for a remote engine on 127.0.0.1 that behaves, and misbehaves, by a script: each connection in turn follows one; the
/// last is followed again.
final class StandIn: Sendable {
    /// What it does once it has a request.
    enum Step: Sendable {
        /// Says these bytes as they are.
        case say(String)
        /// Waits so many milliseconds.
        case wait(Int64)
        /// Breaks the connection off.
        case reset
        /// Goes on saying it until nobody listens.
        case repeating(String)

        /// The head of an answer that streams.
        static let head = Step.say(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        /// A chunk of it.
        static func chunk(_ text: String) -> Step {
            .say(String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n")
        }
        /// An event of it.
        static func event(_ data: String) -> Step { chunk("data: \(data)\n\n") }
        /// Its end.
        static let end = Step.say("0\r\n\r\n")
        /// A refusal.
        static func refusal(_ status: Int, _ body: String, _ fields: String = "") -> Step {
            .say("HTTP/1.1 \(status) No\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
        }
        /// More of an answer in words.
        static func words(_ text: String) -> Step {
            event(#"{"choices":[{"index":0,"delta":{"content":\#(JSONValue.string(text).text)}}]}"#)
        }
        /// The last of it.
        static func finish(_ reason: String = "stop") -> Step {
            event(#"{"choices":[{"index":0,"delta":{},"finish_reason":"\#(reason)"}]}"#)
        }
        static let done = Step.event("[DONE]")
    }

    /// What was asked.
    struct Request: Sendable {
        var head: String
        var bytes: [UInt8]
        var body: JSONValue { (try? JSONValue(parsing: bytes)) ?? .null }
    }

    private struct State {
        var scripts: [[Step]]
        var requests: [Request] = []
        var closed = 0
    }

    private let state: Mutex<State>
    private let channel = Mutex<(any Channel)?>(nil)

    /// What it was asked so far.
    var requests: [Request] { state.withLock { $0.requests } }
    /// How many connections have ended.
    var closed: Int { state.withLock { $0.closed } }

    private init(_ scripts: [[Step]]) { state = Mutex(State(scripts: scripts)) }

    /// Runs `body` with a stand-in and its address.
    static func with(_ scripts: [Step]..., body: (StandIn, _ url: String) async throws -> Void) async throws {
        let standIn = StandIn(scripts)
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(standIn))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        do {
            try await body(standIn, "http://127.0.0.1:\(port)/v1")
        } catch {
            try? await listener.close()
            throw error
        }
        try await listener.close()
    }

    private func next(_ request: Request) -> [Step] {
        state.withLock { state in
            state.requests.append(request)
            return state.scripts.count > 1 ? state.scripts.removeFirst() : state.scripts.first ?? []
        }
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let standIn: StandIn
        private var received: [UInt8] = []

        init(_ standIn: StandIn) { self.standIn = standIn }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += unwrapInboundIn(data).readableBytesView
            guard let end = received.firstRange(of: [13, 10, 13, 10]) else { return }
            let head = String(decoding: received[..<end.lowerBound], as: UTF8.self)
            let length =
                head.lowercased().components(separatedBy: "content-length: ").dropFirst().first
                .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            let body = Array(received[end.upperBound...])
            guard body.count >= length else { return }
            received = []
            follow(standIn.next(Request(head: head, bytes: body))[...], context.channel)
        }

        func channelInactive(context: ChannelHandlerContext) {
            standIn.state.withLock { $0.closed += 1 }
        }

        private func follow(_ steps: ArraySlice<Step>, _ channel: any Channel) {
            guard let step = steps.first, channel.isActive else { return }
            let rest = steps.dropFirst()
            let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
            switch step {
            case .say(let text):
                channel.writeAndFlush(ByteBuffer(string: text)).whenComplete { _ in bound.value.follow(rest, channel) }
            case .repeating(let text):
                channel.writeAndFlush(ByteBuffer(string: text)).whenSuccess { bound.value.follow(steps, channel) }
            case .wait(let ms):
                channel.eventLoop.scheduleTask(in: .milliseconds(ms)) { bound.value.follow(rest, channel) }
            case .reset:
                // Without lingering the other side is told of a reset, not of an end.
                (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
                    channel.close(promise: nil)
                }
            }
        }
    }
}
