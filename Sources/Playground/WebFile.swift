import CZlib
import Foundation

/// A file of the playground, as it is served.
public struct WebFile: Sendable {
    /// Below the page: `session/log.js`.
    public let path: String
    /// Its bytes, compressed with gzip.
    public let gzip: [UInt8]

    /// What it is, for `Content-Type`.
    public var contentType: String {
        switch path.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "svg": "image/svg+xml"
        case "wav": "audio/wav"
        default: "application/octet-stream"
        }
    }

    /// Its bytes as they were written, for who does not take compressed ones.
    public var plain: [UInt8] {
        var stream = z_stream()
        let version = ZLIB_VERSION, size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(&stream, 15 + 16, version, size) == Z_OK else { return [] }
        defer { inflateEnd(&stream) }
        // The last four bytes of a gzip file are how long it is uncompressed.
        let length = gzip.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        var input = gzip
        return [UInt8](unsafeUninitializedCapacity: length) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                inflate(&stream, Z_FINISH)
            }
            count = Int(stream.total_out)
        }
    }

    /// All there are, by their paths. They are part of the program.
    public static let all: [String: WebFile] = Dictionary(
        uniqueKeysWithValues: Embedded.files.map { path, gzip in
            (path, WebFile(path: path, gzip: [UInt8](Data(base64Encoded: gzip) ?? Data())))
        })
}
