import FuzzSupport
import NIOCore
import NIOEmbedded
import NIOWebSocket

@testable import RealtimeServer

/// ``WebSocketProtocolHandler``, behind NIO's frame decoder as in the server, against ``WebSocketReference``.
///
/// Of an input, the first byte says how the rest is cut into pieces, the second what else happens, and the rest is what
/// the client sends.
@main enum FramesFuzzer {
    static func main() {
        fuzz { input in
            guard input.count >= 2 else { return }
            do { try run(input) } catch { expect(false, "\(error)") }
        }
    }

    /// What happens beside the client's bytes.
    private struct Circumstances {
        var limit: Int
        /// Nothing can be written until all has been read.
        var isBlocked: Bool
        /// What the server does after the first half of the pieces, and at the end.
        var halfway: Event
        var atEnd: Event

        init(_ byte: UInt8) {
            limit = byte & 1 == 0 ? 100 : 3000
            isBlocked = byte & 2 != 0
            halfway = byte & 4 == 0 ? .nothing : Event(rawValue: byte >> 3 & 3) ?? .nothing
            atEnd = Event(rawValue: byte >> 5 & 3) ?? .nothing
        }
    }

    private static func run(_ input: UnsafeBufferPointer<UInt8>) throws {
        let circumstances = Circumstances(input[1])
        let bytes = UnsafeBufferPointer(rebasing: input[2...])
        let reference = WebSocketReference(Array(bytes), limit: circumstances.limit)
        let server = try Server(limit: circumstances.limit)
        if circumstances.isBlocked { server.channel.isWritable = false }

        let pieces = bytes.pieces(seed: input[0])
        var isUndisturbed = true
        for (index, piece) in pieces.enumerated() {
            if index == pieces.count / 2, circumstances.halfway != .nothing, server.closeCode == nil {
                isUndisturbed = false
                server.cause(circumstances.halfway)
            }
            server.receive(piece)
            if index % 64 == 63 { server.checkMemory() }
        }
        server.checkMemory()
        try server.take()
        let delivered = server.recorder.delivered
        expect(
            delivered.elementsEqual(reference.delivered.prefix(delivered.count)),
            "Delivered \(delivered), not \(reference.delivered)")
        if isUndisturbed {
            expect(delivered.count == reference.delivered.count, "Delivered only \(delivered)")
            expect(server.closeCode == reference.closeCode, "The code is not \(reference.closeCode ?? 0)")
            expect(server.frames.last?.closeCode == reference.closeCode, "Closed by \(server.frames)")
            // Of pings that cannot be answered at once, the latest is, and none after the end.
            let pongs = server.frames.filter { $0.opcode == 10 }.map(\.payload)
            expect(pongs == (circumstances.isBlocked ? [] : reference.pings), "\(pongs), not \(reference.pings)")
        }
        if circumstances.isBlocked {
            server.channel.isWritable = true
            server.channel.pipeline.fireChannelWritabilityChanged()
            let already = server.frames.count
            try server.take()
            let late = server.frames.dropFirst(already).map(\.payload)
            let owed = server.closeCode == nil ? reference.pings.suffix(1) : []
            expect(late == Array(owed), "\(late), not \(owed)")
        }
        try server.end(circumstances.atEnd)
    }
}

/// What can happen on the server's side, and what the client cannot say in a frame.
private enum Event: UInt8 {
    case nothing, close, shutdown, inputClosed
}

extension WebSocketReference.Delivered {
    fileprivate init(_ message: WebSocketConnection.Message) {
        switch message {
        case .text(let data): self = .text(Array(data.readableBytesView))
        case .binary(let data): self = .binary(Array(data.readableBytesView))
        }
    }
}

/// The server's end of a connection, in memory.
private final class Server {
    /// A frame that was sent.
    struct Frame {
        var opcode: UInt8
        var payload: [UInt8]

        var closeCode: UInt16? {
            guard opcode == 8 else { return nil }
            guard payload.count >= 2 else { return WebSocketReference.noCode }
            return UInt16(payload[0]) << 8 | UInt16(payload[1])
        }
    }

    /// A socket's two directions can be closed one by one; an embedded channel knows no halves.
    private final class HalfClosure: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        var isOutputClosed = false

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            expect(!isOutputClosed, "Written after the end")
            context.write(data, promise: promise)
        }

        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            guard mode != .all else { return context.close(mode: mode, promise: promise) }
            isOutputClosed = true
            promise?.succeed()
        }
    }

    final class Recorder: ChannelInboundHandler {
        typealias InboundIn = WebSocketConnection.Message
        var delivered: [WebSocketReference.Delivered] = []
        var isAtEnd = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            expect(!isAtEnd, "Delivered after the end")
            delivered.append(.init(unwrapInboundIn(data)))
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let event = event as? ChannelEvent, event == .inputClosed { isAtEnd = true }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            expect(false, "An error came through: \(error)")
        }
    }

    let channel = EmbeddedChannel()
    let recorder = Recorder()
    private(set) var frames: [Frame] = []
    private let limits: WebSocketLimits
    private let closure = WebSocketClosure()
    private let decoder: ByteToMessageHandler<WebSocketFrameDecoder>
    private let handler: WebSocketProtocolHandler
    private var largestPiece = 0

    var closeCode: UInt16? { closure.code?.rawValue }

    init(limit: Int) throws {
        var limits = WebSocketLimits()
        limits.maxMessageSize = limit
        self.limits = limits
        decoder = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: limit))
        handler = WebSocketProtocolHandler(limits: limits, closure: closure)
        let operations = channel.pipeline.syncOperations
        try operations.addHandlers([HalfClosure(), WebSocketFrameEncoder(), decoder, handler, recorder])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        channel.read()
    }

    func receive(_ piece: UnsafeBufferPointer<UInt8>) {
        guard channel.isActive else { return }
        channel.pipeline.fireChannelRead(ByteBuffer(bytes: piece))
        channel.pipeline.fireChannelReadComplete()
        expect(recorder.isAtEnd == (closeCode != nil), "The reader was not told of the end")
        largestPiece = max(largestPiece, piece.count)
    }

    /// No more is held than may be. Slow, for it looks by reflection.
    func checkMemory() {
        let message = heldMessage
        expect(message <= limits.maxMessageSize, "\(message) bytes of a message are held")
        // A frame's head has at most 14 bytes. At an error NIO's decoder keeps, and no longer reads, what it got last.
        let most = limits.maxMessageSize + 14 + (closeCode == nil ? 0 : largestPiece)
        let frame = heldFrame
        expect(frame <= most, "\(frame) bytes of a frame are held")
    }

    func cause(_ event: Event) {
        switch event {
        case .nothing: break
        case .close: channel.writeAndFlush(WebSocketConnection.Outgoing.close(.normal, reason: ""), promise: nil)
        case .shutdown: channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        case .inputClosed: channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
        expect(event == .nothing || closeCode != nil, "\(event) ends nothing")
    }

    /// Whatever happened, the connection ends in time.
    func end(_ event: Event) throws {
        if closeCode == nil {
            cause(event)
            if event == .nothing {
                channel.embeddedEventLoop.advanceTime(by: .seconds(21))
                try take()
                expect(frames.last?.opcode == 9, "No ping")
                channel.close(promise: nil)
            }
            try take()
            expect(event == .inputClosed || frames.last?.closeCode == closeCode, "No close frame")
        }
        channel.embeddedEventLoop.advanceTime(by: .seconds(6))
        expect(!channel.isActive, "Still open")
    }

    // MARK: What is held, which nothing but reflection shows

    private var heldMessage: Int {
        let mirror = Mirror(reflecting: handler)
        expect(mirror.descendant("fragments") != nil, "Where are the fragments?")
        return (mirror.descendant("fragments", "some", "data") as? ByteBuffer)?.readableBytes ?? 0
    }

    private var heldFrame: Int {
        let buffers = Mirror(reflecting: decoder).descendant("buffer", "some", "buffers") as? CircularBuffer<ByteBuffer>
        guard let buffers else { fatalError("Where are the decoder's buffers?") }
        return buffers.reduce(0) { $0 + $1.readableBytes }
    }

    /// Reads what was sent.
    func take() throws {
        var bytes = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { bytes.writeBuffer(&part) }
        while let first = bytes.readInteger(as: UInt8.self), let second = bytes.readInteger(as: UInt8.self) {
            let length = second == 126 ? Int(bytes.readInteger(as: UInt16.self) ?? 0) : Int(second)
            let payload = bytes.readBytes(length: length)
            expect(second < 127 && first & 0xF0 == 0x80 && payload != nil, "A malformed frame was sent")
            expect(frames.last?.opcode != 8, "A frame was sent after the close frame")
            frames.append(Frame(opcode: first & 15, payload: payload ?? []))
        }
    }
}
