import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket

extension WebSocketTransport {
    /// Connects and does the handshake.
    ///
    /// - Parameters:
    ///   - url: `ws://`, `wss://`, `http://` or `https://`, with path and query.
    ///   - headers: header fields of the handshake beside WebSocket's own, for example `Authorization`.
    ///   - subprotocols: offered in this order; none by default.
    ///   - trustedCertificates: a PEM file of certificates to trust in place of the system's, for `wss`.
    ///   - proxy: an HTTP proxy that is asked to put the connection through, like `http://user:password@host:3128`.
    ///   - limits: what the connection may cost.
    /// - Throws: ``ClientError`` with ``ClientError/Code/invalidRequest``,
    ///   ``ClientError/Code/connectionFailed`` or ``ClientError/Code/upgradeRefused``.
    public static func connect(
        to url: String, headers: [Header] = [], subprotocols: [String] = [], trustedCertificates: String? = nil,
        proxy: String? = nil, limits: Limits = Limits()
    ) async throws -> WebSocketTransport {
        let url = try WebSocketURL(url)
        let head = try HTTPRequestHead(url, headers: headers, subprotocols: subprotocols)
        let proxy = try proxy.map { try Proxy($0) }
        let tunnel = proxy.map { ProxyTunnel($0, to: url) }
        let tls = try url.isSecure ? TLS(url, trustedCertificates: trustedCertificates) : nil
        let closure = Closure()
        let negotiation: EventLoopFuture<Negotiated>
        do {
            negotiation = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(TimeAmount(limits.connectTime))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                // For EndOfInputGate; NIOSSL would wait five seconds for the other half.
                .channelOption(.allowRemoteHalfClosure, value: tls == nil)
                .connect(host: proxy?.host ?? url.host, port: proxy?.port ?? url.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let tunnel { try channel.pipeline.syncOperations.addHandler(tunnel) }
                        if let tls { try channel.pipeline.syncOperations.addHandler(tls.handler()) }
                        return try negotiate(on: channel, head: head, limits: limits, closure: closure)
                    }
                }
        } catch {
            let place = proxy.map { "the proxy \($0.host):\($0.port)" } ?? url.authority
            throw ClientError(
                .connectionFailed, "No connection to \(place): \(error). Does the server run, and there?", cause: error)
        }
        let negotiated: Negotiated
        do {
            negotiated = try await outcome(of: negotiation, url: url)
        } catch {
            throw tunnel?.failure ?? error
        }
        switch negotiated {
        case .refused(let channel): throw try await refusal(from: channel, url: url)
        case .open(let channel, let response): return await open(channel, response: response, closure: closure)
        }
    }

    private enum Negotiated: Sendable {
        case open(NIOAsyncChannel<Message, WebSocketClientHandler.Outgoing>, [Header])
        case refused(NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>)
    }

    private static func negotiate(
        on channel: any Channel, head: HTTPRequestHead, limits: Limits, closure: Closure
    ) throws -> EventLoopFuture<Negotiated> {
        let upgrader = NIOTypedWebSocketClientUpgrader<Negotiated>(
            maxFrameSize: limits.maxMessageSize,
            enableAutomaticErrorHandling: false,  // WebSocketClientHandler's
            upgradePipelineHandler: { channel, response in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        WebSocketClientHandler(limits: limits, closure: closure))
                    let messages = try NIOAsyncChannel<Message, WebSocketClientHandler.Outgoing>(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(backPressureStrategy: .init(lowWatermark: 2, highWatermark: 16)))
                    return .open(messages, response.headers.map { Header(name: $0.name, value: $0.value) })
                }
            })
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                upgradeRequestHead: head, upgraders: [upgrader],
                notUpgradingCompletionHandler: { channel in
                    channel.eventLoop.makeCompletedFuture {
                        .refused(
                            try NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>(
                                wrappingChannelSynchronously: channel))
                    }
                }))
        // A server may send its first events together with its answer, and nothing after them.
        let gate = EndOfInputGate()
        try channel.pipeline.syncOperations.addHandler(gate)
        configuration.leftOverBytesStrategy = .forwardBytes
        let negotiation = try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: configuration)
        // A server that accepts the connection and then says nothing: closing fails the negotiation.
        let timer = channel.eventLoop.scheduleTask(in: TimeAmount(limits.connectTime)) { channel.close(promise: nil) }
        negotiation.assumeIsolated().whenComplete { _ in
            timer.cancel()
            gate.open()
        }
        return negotiation
    }

    private static func outcome(of negotiation: EventLoopFuture<Negotiated>, url: WebSocketURL) async throws
        -> Negotiated
    {
        do {
            return try await negotiation.get()
        } catch {
            throw ClientError(
                .connectionFailed,
                "\(url.authority) accepted the connection and did not answer the WebSocket handshake: \(error). Is it a"
                    + " WebSocket server\(url.isSecure ? " with TLS" : ""), and the port the right one?", cause: error)
        }
    }

    /// NIO lends a channel's streams for the time of a closure only; this one lasts until the channel is closed.
    private static func open(
        _ channel: NIOAsyncChannel<Message, WebSocketClientHandler.Outgoing>, response: [Header], closure: Closure
    ) async -> WebSocketTransport {
        await withCheckedContinuation { continuation in
            Task {
                try? await channel.executeThenClose { inbound, outbound in
                    continuation.resume(
                        returning: WebSocketTransport(
                            response: response, inbound: inbound, outbound: outbound, channel: channel.channel,
                            closure: closure))
                    try await channel.channel.closeFuture.get()
                }
            }
        }
    }

    private static func refusal(
        from channel: NIOAsyncChannel<HTTPClientResponsePart, HTTPClientRequestPart>, url: WebSocketURL
    ) async throws -> ClientError {
        var refusal = ClientError.Refusal(status: 0, headers: [], body: "")
        var body = ByteBuffer()
        do {
            try await channel.executeThenClose { inbound, _ in
                parts: for try await part in inbound {
                    switch part {
                    case .head(let head):
                        refusal.status = Int(head.status.code)
                        refusal.headers = head.headers.map { Header(name: $0.name, value: $0.value) }
                    case .body(var bytes):
                        body.writeBuffer(&bytes)
                        if body.readableBytes >= 65_536 { break parts }
                    case .end:
                        break parts
                    }
                }
            }
        } catch  where refusal.status != 0 {
            // The body was cut short; the status is what counts.
        }
        refusal.body = String(buffer: body.getSlice(at: 0, length: min(body.readableBytes, 65_536)) ?? body)
        let path = url.target.prefix { $0 != "?" }
        return ClientError(
            .upgradeRefused,
            "\(url.authority)\(path) answered \(refusal.status) instead of opening a WebSocket: \(refusal.body)",
            refusal: refusal)
    }
}

extension HTTPRequestHead {
    fileprivate init(_ url: WebSocketURL, headers: [Header], subprotocols: [String]) throws {
        self.init(version: .http1_1, method: .GET, uri: url.target, headers: ["Host": url.authority])
        for header in headers {
            guard header.isValid else {
                // The value may be a key and is not shown.
                throw ClientError(
                    .invalidRequest, "The header field \(header.name) has a character that HTTP does not allow.")
            }
            self.headers.add(name: header.name, value: header.value)
        }
        guard subprotocols.allSatisfy(\.isToken) else {
            throw ClientError(
                .invalidRequest, "A subprotocol is empty or has a character that HTTP does not allow in one.")
        }
        if !subprotocols.isEmpty {
            self.headers.add(name: "Sec-WebSocket-Protocol", value: subprotocols.joined(separator: ", "))
        }
    }
}

/// What TLS needs, prepared before connecting.
private struct TLS: Sendable {
    let context: NIOSSLContext
    let hostname: String?

    init(_ url: WebSocketURL, trustedCertificates: String?) throws {
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            if let trustedCertificates { configuration.trustRoots = .file(trustedCertificates) }
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            let file = trustedCertificates.map { "; is \($0) a PEM file of certificates?" } ?? "."
            throw ClientError(.invalidRequest, "TLS could not be set up: \(error)\(file)", cause: error)
        }
        // The name of a certificate cannot be an address; then the address itself is compared.
        let isAddress = (try? SocketAddress(ipAddress: url.host, port: url.port)) != nil
        hostname = isAddress ? nil : url.host
    }

    func handler() throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: hostname)
    }
}
