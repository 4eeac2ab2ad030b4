import Foundation
import NIOCore
import NIOWebSocket
import RealtimeClient
import RealtimeProtocol

/// Between one browser and one session: audio both ways, words to the browser, and nothing else.
struct Relay: Sendable {
    let settings: RealtimeSettings

    func run(_ browser: Door.Talk) async throws {
        let session = try await RealtimeSession.connect(to: settings.service, credential: settings.credential)
        try await session.configure { $0.instructions = "You are the assistant of this example. Be brief." }
        try await browser.executeThenClose { inbound, outbound in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listen(inbound, session, outbound) }
                group.addTask { try await speak(session, outbound) }
                try await group.next()  // either side has gone
                group.cancelAll()
            }
        }
        await session.close()
    }

    private func listen(
        _ frames: NIOAsyncChannelInboundStream<WebSocketFrame>, _ session: RealtimeSession,
        _ browser: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws {
        for try await frame in frames {
            switch frame.opcode {
            case .binary: try await session.sendAudio(Array(frame.unmaskedData.readableBytesView))
            case .ping: try await browser.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            case .connectionClose: return
            default: break  // the browser has no say in what the session is for
            }
        }
    }

    private func speak(
        _ session: RealtimeSession, _ browser: NIOAsyncChannelOutboundWriter<WebSocketFrame>
    ) async throws {
        try await withThrowingDiscardingTaskGroup { group in
            for try await event in session.events {
                switch event {
                case .inputAudio: try await browser.tell(["type": "silence"])  // stop playing
                case .response(let response):
                    group.addTask {
                        for try await case .message(let message) in response {
                            for try await case .audio(let audio) in message {
                                async let words: Void = say(audio.transcriptChunks, browser)
                                for try await chunk in audio.audioChunks { try await browser.send(chunk) }
                                try await words
                            }
                        }
                        try await browser.tell(["words": "\n"])
                    }
                case .error(let error): try await browser.tell(["words": .string("(\(error.message))\n")])
                case .unknown, .reconnected: break
                }
            }
        }
    }

    private func say(_ words: Chunks<String>, _ browser: NIOAsyncChannelOutboundWriter<WebSocketFrame>) async throws {
        for try await chunk in words { try await browser.tell(["words": .string(chunk)]) }
    }
}

extension NIOAsyncChannelOutboundWriter<WebSocketFrame> {
    fileprivate func send(_ audio: [UInt8]) async throws {
        try await write(WebSocketFrame(fin: true, opcode: .binary, data: ByteBuffer(bytes: audio)))
    }

    fileprivate func tell(_ event: JSONValue) async throws {
        try await write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(bytes: event.bytes)))
    }
}
