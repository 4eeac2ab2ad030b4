import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The few calls a server on 127.0.0.1 needs.
enum Socket {
    struct Failure: Error {
        var call: String
        var number: Int32
    }

    /// A listening socket and its port, which the system chose. With a backlog of zero it is bound only: whoever
    /// connects is refused.
    static func listen(backlog: Int32 = 64) throws -> (Int32, UInt16) {
        #if canImport(Glibc)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, stream, 0)
        guard listener >= 0 else { throw Failure(call: "socket", number: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) != 0 || (backlog > 0 && systemListen(listener, backlog) != 0)
                    || getsockname(listener, $0, &length) != 0
            }
        }
        guard !failed else { throw Failure(call: "listen", number: errno) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    /// The next connection; nil once the listener is closed.
    static func accept(_ listener: Int32) -> Int32? {
        let connection = systemAccept(listener, nil, nil)
        return connection >= 0 ? connection : nil
    }

    /// What came; nil at the end.
    static func read(_ connection: Int32) -> Data? {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        let count = recv(connection, &buffer, buffer.count, 0)
        return count > 0 ? Data(buffer[..<count]) : nil
    }

    static func write(_ data: Data, to connection: Int32) {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        var rest = [UInt8](data)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    static func close(_ socket: Int32) {
        _ = shutdown(socket, Int32(SHUT_RDWR))
        systemClose(socket)
    }
}

private func systemListen(_ socket: Int32, _ backlog: Int32) -> Int32 { listen(socket, backlog) }
private func systemAccept(
    _ socket: Int32, _ address: UnsafeMutablePointer<sockaddr>?, _ length: UnsafeMutablePointer<socklen_t>?
) -> Int32 { accept(socket, address, length) }
private func systemClose(_ socket: Int32) { _ = close(socket) }
