import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Playground

/// The playground at `/`, and its protocol client at `/realtime.js` for everybody's pages.
///
/// Its files lie under a path that names all their contents, so browsers keep them for ever and ask for none twice; the page
/// itself, which names that path, is asked for again each time. None of it is secret, so none of it needs a key.
struct PlaygroundRoutes: Sendable {
    private let files: [String: WebFile]
    private let version: String

    init(files: [String: WebFile] = WebFile.all) {
        self.files = files
        var hash = SHA256()
        for (path, file) in files.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Data(path.utf8))
            hash.update(data: file.gzip)
        }
        version = hash.finalize().prefix(8).map { String(format: "%02x", $0) }.joined()
    }

    func add(to router: Router<BasicRequestContext>) {
        let page = page
        serve(router, "/") { request in answer(page, type: "text/html; charset=utf-8", to: request) }
        serve(router, "realtime.js") { request in
            guard let file = files["realtime.js"] else { throw HTTPError(.notFound) }
            return answer(file.plain, type: file.contentType, to: request)
        }
        for file in files.values where file.path != "index.html" {
            serve(router, RouterPath("playground/\(version)/\(file.path)")) { request in kept(file, for: request) }
        }
    }

    private func serve(
        _ router: Router<BasicRequestContext>, _ path: RouterPath,
        _ respond: @escaping @Sendable (Request) throws -> Response
    ) {
        for method in [.get, .head] as [HTTPRequest.Method] {
            router.on(path, method: method) { request, _ in
                let response = try respond(request)
                return method == .head ? response.createHeadResponse() : response
            }
        }
    }

    /// The page, with the path of its files in it.
    private var page: [UInt8] {
        let text = String(decoding: files["index.html"]?.plain ?? [], as: UTF8.self)
        return Array(text.replacingOccurrences(of: "\"./", with: "\"/playground/\(version)/").utf8)
    }

    /// What may change with the next version of the server.
    private func answer(_ bytes: [UInt8], type: String, to request: Request) -> Response {
        let tag = "\"\(version)\""
        var headers: HTTPFields = [.contentType: type, .eTag: tag, .cacheControl: "no-cache"]
        headers[.contentSecurityPolicy] = Self.policy
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        headers[.contentLength] = "\(bytes.count)"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// What never changes under its path.
    private func kept(_ file: WebFile, for request: Request) -> Response {
        let takesGzip = request.headers[values: .acceptEncoding].contains { field in
            field.split(separator: ",").contains { $0.trimmingCharacters(in: .whitespaces).hasPrefix("gzip") }
        }
        let bytes = takesGzip ? file.gzip : file.plain
        var headers: HTTPFields = [
            .contentType: file.contentType, .contentLength: "\(bytes.count)", .vary: "Accept-Encoding",
            .cacheControl: "public, max-age=31536000, immutable",
        ]
        if takesGzip { headers[.contentEncoding] = "gzip" }
        // A worklet runs under the policy it came with.
        headers[.contentSecurityPolicy] = Self.policy
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    /// No script, no style and no element but the page's own; connections to any server, since the page can talk to others.
    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "worker-src 'self'", "img-src 'self' blob:",
        "media-src 'self' blob:", "connect-src 'self' http: https: ws: wss:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'", "require-trusted-types-for 'script'",
    ].joined(separator: "; ")
}
