import HTTPTypes
import HummingbirdCore
import NIOCore

extension Response {
    static func json(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
        let body = ByteBuffer(string: text)
        return Response(
            status: status,
            headers: [.contentType: "application/json", .contentLength: "\(body.readableBytes)"],
            body: ResponseBody(byteBuffer: body))
    }

    init(_ refusal: HTTPRefusal) {
        self = .json(refusal.body, status: HTTPResponse.Status(code: refusal.status))
        for field in refusal.fields {
            if let name = HTTPField.Name(field.name) { headers[name] = field.value }
        }
    }
}
