import Foundation
import Testing

/// A blocking socket that sends any bytes: what no proper client would send.
final class RawSocket {
    struct Failure: Error {
        var what: String
    }

    struct Frame: Equatable {
        var opcode: UInt8
        var payload: [UInt8]

        /// The code and reason of a close frame, as `1000 reason`.
        var closing: String {
            guard opcode == 8, payload.count >= 2 else { return "\(opcode)" }
            return "\(Int(payload[0]) << 8 | Int(payload[1])) " + String(decoding: payload.dropFirst(2), as: UTF8.self)
        }
    }

    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isOpen = true

    init(port: Int) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var patience = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw Failure(what: "connect: \(errno)") }
    }

    deinit { close() }

    func close() {
        if isOpen { Foundation.close(descriptor) }
        isOpen = false
    }

    /// Runs `body` with a socket on a thread of its own: the pool of Swift's tasks is for the server.
    static func with(_ server: TestServer, _ body: @Sendable (RawSocket) throws -> Void) async throws {
        try await withTaskExecutorPreference(ThreadPerJob()) {
            try body(RawSocket(port: server.port))
        }
    }

    /// The task stays the test's, so that what fails is counted to it.
    private final class ThreadPerJob: TaskExecutor {
        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            let executor = asUnownedTaskExecutor()
            Thread.detachNewThread { job.runSynchronously(on: executor) }
        }
    }

    // MARK: Bytes

    func send(_ bytes: [UInt8]) throws {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failure(what: "send: \(errno)") }
            sent += count
        }
    }

    /// More bytes into the buffer; `false` at the end.
    private func receive() throws -> Bool {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        if count < 0 { throw Failure(what: "recv: \(errno)") }
        buffer += chunk[..<count]
        return count > 0
    }

    private func take(_ count: Int) throws -> [UInt8] {
        while buffer.count < count {
            guard try receive() else { throw Failure(what: "closed") }
        }
        defer { buffer.removeFirst(count) }
        return Array(buffer[..<count])
    }

    /// Whether the server closes the connection without sending anything more.
    func isAtEnd() -> Bool {
        do {
            return try buffer.isEmpty && !receive()
        } catch {
            // A reset is an end too; a server that keeps the connection open is not.
            return errno == ECONNRESET
        }
    }

    // MARK: HTTP

    /// Sends a request and reads the response with its body by its length.
    @discardableResult
    func request(_ lines: String...) throws -> (head: String, body: String) { try request(lines: lines) }

    /// The head of a response.
    func head() throws -> String {
        var head: [UInt8] = []
        while !head.suffix(4).elementsEqual([13, 10, 13, 10]) { head += try take(1) }
        return String(decoding: head, as: UTF8.self)
    }

    @discardableResult
    func request(lines: [String], body: String = "") throws -> (head: String, body: String) {
        try send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
        let text = try head()
        let length = text.lowercased().split(separator: "content-length: ").dropFirst().first.flatMap {
            Int($0.prefix { $0.isNumber })
        }
        return (text, String(decoding: try take(length ?? 0), as: UTF8.self))
    }

    /// The fields of a head, by their names in small letters.
    static func fields(_ head: String) -> [String: String] {
        let lines = head.split(separator: "\r\n").dropFirst().map { $0.split(separator: ": ", maxSplits: 1) }
        return Dictionary(lines.filter { $0.count == 2 }.map { ($0[0].lowercased(), String($0[1])) }) { $0 + "," + $1 }
    }

    @discardableResult
    func upgrade(_ target: String = "/v1/realtime?model=gpt-realtime", _ lines: String...) throws -> String {
        let head = try request(
            ([
                "GET \(target) HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
            ] + lines).joined(separator: "\r\n")
        ).head
        guard head.hasPrefix("HTTP/1.1 101") else { throw Failure(what: head) }
        return head
    }

    // MARK: WebSocket

    /// Masking in a debug build takes a second a megabyte: large payloads have a mask of zeros.
    private static func mask(_ length: Int) -> [UInt8] { length < 1000 ? [1, 2, 3, 4] : [0, 0, 0, 0] }

    func send(opcode: UInt8, _ payload: [UInt8], fin: Bool = true, masked: Bool = true, reserved: UInt8 = 0) throws {
        try send(Self.header(opcode: opcode, length: payload.count, fin: fin, masked: masked, reserved: reserved))
        let mask = Self.mask(payload.count)
        try send(masked && mask[0] != 0 ? payload.enumerated().map { $1 ^ mask[$0 & 3] } : payload)
    }

    static func header(
        opcode: UInt8, length: Int, fin: Bool = true, masked: Bool = true, reserved: UInt8 = 0
    ) -> [UInt8] {
        var frame = [(fin ? 0x80 : 0) | reserved | opcode]
        let bit: UInt8 = masked ? 0x80 : 0
        switch length {
        case ..<126: frame.append(bit | UInt8(length))
        case ..<65_536: frame += [bit | 126, UInt8(length >> 8), UInt8(length & 255)]
        default: frame += [bit | 127] + (0..<8).reversed().map { UInt8(length >> ($0 * 8) & 255) }
        }
        return frame + (masked ? mask(length) : [])
    }

    func frame() throws -> Frame {
        let head = try take(2)
        var length = Int(head[1] & 127)
        if length == 126 { length = try take(2).reduce(0) { $0 << 8 | Int($1) } }
        if length == 127 { length = try take(8).reduce(0) { $0 << 8 | Int($1) } }
        return Frame(opcode: head[0] & 15, payload: try take(length))
    }

    func text() throws -> String {
        var frame = try frame()
        while frame.opcode == 9 { frame = try self.frame() }
        guard frame.opcode == 1 else { throw Failure(what: "opcode \(frame.opcode): \(frame.closing)") }
        return String(decoding: frame.payload, as: UTF8.self)
    }
}
