import Foundation
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// HTTP: signing in, the page, and who is let through to talk.
enum Door {
    typealias Page = NIOAsyncChannel<HTTPServerRequestPart, HTTPServerResponsePart>
    typealias Talk = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    enum Way: Sendable {
        case page(Page)
        /// Without a user it is closed again: a browser shows that, but not the answer to a refused handshake.
        case talk(Talk, user: String?)
    }

    static func negotiate(on channel: any Channel, users: Users) throws -> EventLoopFuture<Way> {
        let upgrader = NIOTypedWebSocketServerUpgrader<Way>(
            maxFrameSize: 1 << 20,
            shouldUpgrade: { channel, head in
                channel.eventLoop.makeSucceededFuture(head.uri == "/talk" ? HTTPHeaders() : nil)
            },
            upgradePipelineHandler: { channel, head in
                channel.eventLoop.makeCompletedFuture {
                    // Only with a ticket, and only from a page of this server: a cookie comes along from anywhere.
                    let origin = head.headers.first(name: "Origin")
                    let isOwnPage = origin == nil || origin == "http://\(head.headers.first(name: "Host") ?? "")"
                    let user = isOwnPage ? users.name(cookies: head.headers.first(name: "Cookie")) : nil
                    return .talk(try Talk(wrappingChannelSynchronously: channel), user: user)
                }
            })
        return try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
            configuration: .init(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration(
                    upgraders: [upgrader],
                    notUpgradingCompletionHandler: { channel in
                        channel.eventLoop.makeCompletedFuture {
                            return .page(try Page(wrappingChannelSynchronously: channel))
                        }
                    })))
    }

    static func close(_ channel: Talk) async throws {
        try await channel.executeThenClose { _, outbound in
            var reason = ByteBuffer()
            reason.write(webSocketErrorCode: .policyViolation)
            reason.writeString("Sign in first: POST /login.")
            try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: reason))
        }
    }

    static func answer(_ channel: Page, users: Users) async throws {
        try await channel.executeThenClose { inbound, outbound in
            var head: HTTPRequestHead?
            var body = ByteBuffer()
            for try await part in inbound {
                switch part {
                case .head(let request): head = request
                case .body(let more):
                    guard body.readableBytes + more.readableBytes < 4096 else { return }
                    body.writeImmutableBuffer(more)
                case .end:
                    guard let head else { return }
                    let (status, headers, text) = reply(to: head, String(buffer: body), users)
                    var response = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
                    response.headers.replaceOrAdd(name: "Content-Length", value: "\(text.utf8.count)")
                    response.headers.replaceOrAdd(name: "Connection", value: "close")
                    try await outbound.write(.head(response))
                    try await outbound.write(.body(.byteBuffer(ByteBuffer(string: text))))
                    try await outbound.write(.end(nil))
                    return
                }
            }
        }
    }

    private static func reply(
        to head: HTTPRequestHead, _ body: String, _ users: Users
    ) -> (HTTPResponseStatus, HTTPHeaders, String) {
        switch (head.method, head.uri) {
        case (.POST, "/login"):
            // name and password, a line each: this is an example of a middle tier, not of a form.
            let lines = body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            guard lines.count >= 2, let ticket = users.signIn(lines[0], lines[1]) else {
                return (.unauthorized, [:], "Unknown name or wrong password.\n")
            }
            return (.ok, ["Set-Cookie": "ticket=\(ticket); HttpOnly; SameSite=Strict; Path=/"], "Welcome.\n")
        case (.GET, "/talk"): return (.unauthorized, [:], "Sign in first: POST /login.\n")
        case (.GET, "/"): return (.ok, ["Content-Type": "text/html; charset=utf-8"], Self.html)
        default: return (.notFound, [:], "There is /, /login and /talk.\n")
        }
    }
}

extension Door {
    /// Enough to talk: sign in, then speak.
    static var html: String {
        """
        <!doctype html><meta charset="utf-8"><title>Middle tier</title>
        <form id="form"><input id="name" placeholder="name"> <input id="password" type="password" placeholder="password">
        <button>Talk</button></form><pre id="log"></pre>
        <script>
        const log = text => document.getElementById("log").append(text);
        document.getElementById("form").onsubmit = async event => {
          event.preventDefault();
          const login = await fetch("/login", {method: "POST", body: name.value + "\\n" + password.value});
          if (!login.ok) return log(await login.text());
          const context = new AudioContext({sampleRate: 24000});
          const stream = await navigator.mediaDevices.getUserMedia({audio: {echoCancellation: true}});
          const worklet = `registerProcessor("pcm", class extends AudioWorkletProcessor {
            process([[channel]]) {
              if (channel) this.port.postMessage(Int16Array.from(channel, x => Math.max(-1, Math.min(1, x)) * 32767));
              return true; } });`;
          await context.audioWorklet.addModule(URL.createObjectURL(new Blob([worklet], {type: "text/javascript"})));
          const microphone = new AudioWorkletNode(context, "pcm");
          context.createMediaStreamSource(stream).connect(microphone);
          const socket = new WebSocket(location.origin.replace("http", "ws") + "/talk");
          socket.binaryType = "arraybuffer";
          let samples = [], end = 0, playing = [];
          microphone.port.onmessage = ({data}) => {
            samples.push(...data);
            if (samples.length < 960 || socket.readyState !== 1) return;
            socket.send(Int16Array.from(samples)); samples = [];
          };
          socket.onmessage = ({data}) => {
            if (typeof data === "string") {
              const event = JSON.parse(data);
              if (event.type === "silence") { playing.forEach(node => node.stop()); playing = []; end = 0; }
              if (event.words) log(event.words);
              return;
            }
            const pcm = new Int16Array(data), buffer = context.createBuffer(1, pcm.length, 24000);
            buffer.getChannelData(0).set(Float32Array.from(pcm, x => x / 32768));
            const node = context.createBufferSource();
            node.buffer = buffer; node.connect(context.destination);
            end = Math.max(end, context.currentTime); node.start(end); end += buffer.duration; playing.push(node);
          };
        };
        </script>
        """
    }
}
