import Foundation
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// An HTTP server on 127.0.0.1 that answers each path as it is told. It listens until the tests end: a port given back
/// would soon be another test's.
final class LittleServer: Sendable {
    struct Reply: Sendable {
        var status = 200
        var fields: [String] = []
        var body = ""
        /// Whether it says how long the body is, as a good server does.
        var tellsLength = true
        /// Whether the rest of the answer never comes.
        var stops = false
    }

    struct Failure: Error {}

    let port: UInt16
    private let pages: Pages

    /// What the threads share.
    private final class Pages: Sendable {
        let replies = Mutex<[String: Reply]>([:])
        let requests = Mutex<[String]>([])
    }

    /// - Parameter isAway: to only hold the port: whoever connects is refused.
    init(isAway: Bool = false) throws {
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && (isAway || listen(listener, 64) == 0)
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard isListening else { throw Failure() }
        port = UInt16(bigEndian: address.sin_port)
        pages = Pages()
        guard !isAway else { return }
        Thread.detachNewThread { [pages] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread { Self.serve(connection, pages) }
            }
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// The paths asked for, in their order.
    var requests: [String] { pages.requests.withLock { $0 } }

    func answer(_ path: String, _ reply: Reply) { pages.replies.withLock { $0[path] = reply } }

    private static func serve(_ connection: Int32, _ pages: Pages) {
        defer { close(connection) }
        var request = Data()
        while request.range(of: Data("\r\n\r\n".utf8)) == nil {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return }
            request += buffer[..<count]
        }
        let words = String(decoding: request, as: UTF8.self).split(separator: " ", maxSplits: 2)
        guard words.count == 3 else { return }
        let path = String(words[1])
        pages.requests.withLock { $0.append(path) }
        let reply = pages.replies.withLock { $0[path] } ?? Reply(status: 404)
        let lines =
            ["HTTP/1.1 \(reply.status) Told"] + reply.fields
            + (reply.tellsLength ? ["Content-Length: \(reply.body.utf8.count + (reply.stops ? 1 : 0))"] : [])
            + ["Connection: close", "", reply.body]
        var rest = Array(lines.joined(separator: "\r\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
        var byte: UInt8 = 0
        while reply.stops, recv(connection, &byte, 1, 0) > 0 {}
        shutdown(connection, Int32(SHUT_WR))
    }

    #if canImport(Darwin)
    private static let noSignal: Int32 = 0
    #else
    private static let noSignal = Int32(MSG_NOSIGNAL)
    #endif
}
