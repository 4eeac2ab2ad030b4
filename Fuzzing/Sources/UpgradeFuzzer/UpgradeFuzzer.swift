import FuzzSupport
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOEmbedded
import RealtimeProtocol

@testable import RealtimeServer

/// ``WebSocketUpgradeChannel`` with ``HandshakePolicy``, from the first byte of a connection on.
///
/// Of an input, the first byte says how the rest is cut into pieces, the second which policy decides and whether a ping
/// follows, and the rest is what the client sends; `ek_0` in it stands for a client secret that was given out.
@main enum UpgradeFuzzer {
    static func main() {
        fuzz { input in
            guard input.count >= 2 else { return }
            do { try run(input) } catch { expect(false, "\(error)") }
        }
    }

    private static let secrets = ClientSecrets()
    private static let secret = Array(
        secrets.issue(.realtime, model: "gpt-realtime", settings: [:], for: 1_000_000).value.utf8)
    private static let mine = CatalogModel.all.first.flatMap { try? Deployment("mine", model: $0) }
    private static let policies = (0..<4).map { bits in
        HandshakePolicy(
            keys: APIKeys(bits & 1 == 0 ? [] : ["other", "secret"]), secrets: secrets,
            deployments: Deployments(mine.map { [$0] } ?? [], acceptsAnyModel: bits & 2 != 0))
    }

    private static func run(_ input: UnsafeBufferPointer<UInt8>) throws {
        let bits = Int(input[1] & 3)
        let bytes = withSecret(input[2...])
        let head = headLines(bytes)
        // A ping that comes with the request, before the server has answered it.
        let hasPing = input[1] & 4 != 0 && head.isAll
        let connection = try Connection(policies[bits])
        (hasPing ? bytes + [0x89, 0x82, 0, 0, 0, 0, 0x68, 0x69] : bytes).withUnsafeBufferPointer { bytes in
            bytes.pieces(seed: input[0]).forEach(connection.receive)
        }
        let answer = try connection.answer()
        if case .success(let handshake)? = connection.decision, let request = connection.request {
            let promise = Promise(needsKey: bits & 1 != 0, acceptsAnyModel: bits & 2 != 0)
            promise.check(handshake, of: request)
            let hosts = head.lines.count {
                String(decoding: $0.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased() == "host"
            }
            expect(hosts <= 1, "Accepted with \(hosts) Host fields")
        }
        try connection.check(answer, hasPing: hasPing)
    }

    private static func withSecret(_ input: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = input
        while let first = rest.first {
            if first == UInt8(ascii: "e"), rest.starts(with: "ek_0".utf8) {
                bytes += secret
                rest = rest.dropFirst(4)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
        return bytes
    }

    /// The fields of the first request, and whether nothing follows them.
    private static func headLines(_ bytes: [UInt8]) -> (lines: [ArraySlice<UInt8>], isAll: Bool) {
        let lines = bytes.drop { $0 == 0x0D || $0 == 0x0A }.split(separator: 0x0A, omittingEmptySubsequences: false)
        let head = lines.prefix { !$0.isEmpty && $0 != [0x0D] }
        return (Array(head.dropFirst()), head.count + 2 == lines.count && lines.last?.isEmpty == true)
    }
}

/// The server's end of a connection, in memory.
private final class Connection {
    /// What was asked of the policy, all on one thread.
    private final class Log: @unchecked Sendable {
        var request: HTTPRequest?
        var decision: Result<Handshake, Refusal>?
        var count = 0
    }

    private let log = Log()
    private let channel = EmbeddedChannel()
    private let negotiated: EventLoopFuture<WebSocketUpgradeChannel.Negotiated>

    var request: HTTPRequest? { log.request }
    var decision: Result<Handshake, Refusal>? { log.decision }

    init(_ policy: HandshakePolicy) throws {
        let log = log
        let upgrade = WebSocketUpgradeChannel(responder: { _, _, _ in }, limits: WebSocketLimits(), connections: Slots(limit: 1_000_000)) { request, eventLoop in
            log.count += 1
            let decision = policy.decide(request)
            (log.request, log.decision) = (request, decision)
            switch decision {
            case .success(let handshake): return eventLoop.makeSucceededFuture(.accept(handshake.responseFields) { _ in })
            case .failure(.http(let refusal)): return eventLoop.makeSucceededFuture(.refuse(Response(refusal)))
            case .failure(.openThenRefuse):
                return eventLoop.makeSucceededFuture(.accept(Handshake(request)?.responseFields ?? [:]) { _ in })
            }
        }
        let logger = Logger(label: "", factory: { _ in SwiftLogNoOpLogHandler() })
        let future = upgrade.setup(channel: channel, logger: logger)
        channel.embeddedEventLoop.run()
        negotiated = try future.wait().negotiated
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit {
        channel.close(promise: nil)
        channel.embeddedEventLoop.run()
    }

    func receive(_ piece: UnsafeBufferPointer<UInt8>) {
        guard channel.isActive else { return }
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
        channel.pipeline.fireChannelReadComplete()
        channel.embeddedEventLoop.run()
        expect(log.count <= 1, "Asked twice")
    }

    /// What the server sent.
    func answer() throws -> ByteBuffer {
        var bytes = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&part) }
        return bytes
    }

    func check(_ answer: ByteBuffer, hasPing: Bool) throws {
        let fields: HTTPFields
        switch decision {
        case nil: return
        case .success(let handshake)?: fields = handshake.responseFields
        case .failure(.openThenRefuse(let refusal))?:
            fields = request.flatMap(Handshake.init)?.responseFields ?? [:]
            expect(refusal.closeCode.isSendable, "\(refusal.closeCode) cannot be sent")
            expect(error(refusal.event(id: "event_1")) != nil, "No error event: \(refusal.event(id: "event_1"))")
        case .failure(.http(let refusal))?:
            expect((400...599).contains(refusal.status), "\(refusal.status)")
            expect(error(refusal.body)?["message"]?.string?.isEmpty == false, "No error: \(refusal.body)")
            return expect(!answer.readableBytesView.starts(with: "HTTP/1.1 101".utf8), "Upgraded a refused request")
        }
        try upgraded(answer, fields, hasPing: hasPing)
    }

    private func error(_ text: String) -> JSONValue? { (try? JSONValue(parsing: text))?["error"] }

    /// The answer has the lines it should have and no more, and the pipeline speaks frames.
    private func upgraded(_ answer: ByteBuffer, _ fields: HTTPFields, hasPing: Bool) throws {
        var lines: [[UInt8]] = []
        var rest = answer.readableBytesView[...]
        while let end = rest.firstIndex(of: 0x0A) {
            var line = Array(rest[rest.startIndex..<end])
            let isPlain = line.popLast() == 0x0D && !line.contains(0x0D) && !line.contains(0)
            expect(isPlain, "A line with control characters")
            rest = rest[(end + 1)...]
            if line.isEmpty { break }
            lines.append(line)
        }
        let text = lines.map { String(decoding: $0, as: UTF8.self) }
        expect(text.first == "HTTP/1.1 101 Switching Protocols", "Not upgraded: \(text)")
        expect(text.count == 4 + fields.count, "\(text) for \(fields)")
        if hasPing { expect(rest.elementsEqual([0x8A, 0x02, 0x68, 0x69]), "The ping is answered by \(Array(rest))") }
        guard channel.isActive else { return }
        _ = try channel.pipeline.syncOperations.handler(type: WebSocketProtocolHandler.self)
        let filter = try? channel.pipeline.syncOperations.handler(type: UpgradeRequestFilter.self)
        expect(filter == nil, "The filter is still there")
    }
}
