import NIOCore
import RealtimeProtocol
import Synchronization

/// An HTTP proxy that is asked to put a connection through (RFC 9110 section 9.3.6).
struct Proxy: Sendable, Equatable {
    let host: String
    let port: Int
    /// `Proxy-Authorization`, if the URL names a user.
    let authorization: String?

    /// Reads `http://host:port`, `http://user:password@host:port` or `host:port`.
    ///
    /// - Throws: ``ClientError`` with ``ClientError/Code/invalidRequest``; it never shows a password.
    init(_ text: String) throws {
        func invalid(_ why: String) -> ClientError {
            ClientError(.invalidRequest, "The proxy's URL \(why). It looks like http://proxy.example:3128.")
        }
        guard !text.lowercased().hasPrefix("https://"), !text.lowercased().hasPrefix("socks") else {
            throw invalid("must begin with http://; proxies of other kinds are not supported")
        }
        let rest = text.lowercased().hasPrefix("http://") ? text.dropFirst("http://".count) : text[...]
        let authority = rest.prefix { $0 != "/" }
        let at = authority.lastIndex(of: "@")
        authorization = try at.map { at in
            guard let user = Self.decoded(authority[..<at]) else { throw invalid("has a user that cannot be read") }
            return "Basic " + Base64.encode(user)
        }
        let url: WebSocketURL
        do {
            url = try WebSocketURL("ws://" + authority[(at.map(authority.index(after:)) ?? authority.startIndex)...])
        } catch {
            throw invalid("names no host and port that can be used")
        }
        host = url.host
        port = url.port
    }

    /// Percent signs resolved.
    private static func decoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }
}

/// Asks a proxy to put the connection through, and keeps it from those behind until it has.
final class ProxyTunnel: ChannelInboundHandler, RemovableChannelHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let longestAnswer = 16_384

    private let request: String
    private let proxy: String
    private let answer = Mutex(ByteBuffer())
    private let refusal = Mutex<ClientError?>(nil)

    /// Why the proxy did not put it through.
    var failure: ClientError? { refusal.withLock(\.self) }

    init(_ proxy: Proxy, to target: WebSocketURL) {
        let host = target.host.contains(":") ? "[\(target.host)]" : target.host
        let authorization = proxy.authorization.map { "Proxy-Authorization: \($0)\r\n" } ?? ""
        request = "CONNECT \(host):\(target.port) HTTP/1.1\r\nHost: \(host):\(target.port)\r\n\(authorization)\r\n"
        self.proxy = "\(proxy.host):\(proxy.port)"
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        var received = answer.withLock { answer in
            answer.writeImmutableBuffer(part)
            return answer
        }
        let end = Array("\r\n\r\n".utf8)
        guard let head = received.readableBytesView.firstRange(of: end) else {
            if received.readableBytes > Self.longestAnswer { refuse(context, "did not answer as a proxy") }
            return context.read()
        }
        let line = String(
            decoding: received.readableBytesView[..<head.lowerBound].prefix { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
        let words = line.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/"), words[1].hasPrefix("2"), words[1].count == 3 else {
            return refuse(context, "answered \(words.dropFirst().joined(separator: " "))")
        }
        received.moveReaderIndex(to: head.upperBound)
        context.fireChannelActive()
        if received.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(received)) }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ context: ChannelHandlerContext, _ what: String) {
        refusal.withLock {
            $0 = ClientError(
                .connectionFailed,
                "The proxy \(proxy) did not put the connection through: it \(what). "
                    + "Check its address, and the user and password in its URL.")
        }
        context.close(promise: nil)
    }
}
