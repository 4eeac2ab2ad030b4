import Foundation
import NIOCore

/// A form with files (`multipart/form-data`, RFC 7578).
struct MultipartForm {
    private let boundary = "vivavoce-\(UUID().uuidString)"
    private var content = ByteBuffer()

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }

    /// The whole of it.
    var body: ByteBuffer {
        var body = content
        body.writeString("--\(boundary)--\r\n")
        return body
    }

    mutating func add(_ name: String, _ value: String) {
        content.writeString("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
    }

    mutating func add(file: String, type: String, _ bytes: [UInt8]) {
        content.writeString(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(file)\"\r\n"
                + "Content-Type: \(type)\r\n\r\n")
        content.writeBytes(bytes)
        content.writeString("\r\n")
    }
}
