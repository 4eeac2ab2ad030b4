import Foundation
import Synchronization

/// A stand-in for a token endpoint on 127.0.0.1: it keeps what it was asked and answers from a script.
final class TokenServer: Sendable {
    struct Request: Sendable {
        var method: String
        var path: String
        var query: [String: String]
        /// The names in lower case.
        var headers: [String: String]
        var form: [String: String]
    }

    struct Reply: Sendable {
        var status = 200
        var headers: [String] = ["Content-Type: application/json"]
        var body = ""
        /// Seconds to wait before answering.
        var delay: Double = 0

        /// A token that is good for `expiresIn` seconds, written as Entra ID writes it.
        static func token(_ value: String, expiresIn: Int = 3600, delay: Double = 0) -> Reply {
            Reply(
                body: #"{"token_type":"Bearer","expires_in":\#(expiresIn),"access_token":"\#(value)"}"#, delay: delay)
        }

        static func error(_ status: Int, _ code: String = "", _ description: String = "") -> Reply {
            Reply(status: status, body: #"{"error":"\#(code)","error_description":"\#(description)"}"#)
        }
    }

    private struct State {
        var replies: [Reply]
        var requests: [Request] = []
    }

    /// What the threads share.
    private final class Desk: Sendable {
        let state: Mutex<State>
        init(_ replies: [Reply]) { state = Mutex(State(replies: replies)) }
    }

    private let desk: Desk
    let port: UInt16

    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { desk.state.withLock { $0.requests } }

    /// Answers with `replies` in turn; the last is repeated. It listens until the tests end: a port given back while a
    /// request is under way would soon be another test's.
    init(_ replies: Reply...) throws {
        desk = Desk(replies)
        let (listener, port) = try Socket.listen()
        self.port = port
        Thread.detachNewThread { [desk] in
            while let connection = Socket.accept(listener) {
                Thread.detachNewThread { Self.serve(connection, desk) }
            }
        }
    }

    private static func serve(_ connection: Int32, _ desk: Desk) {
        defer { Socket.close(connection) }
        guard let request = request(from: connection) else { return }
        let reply: Reply = desk.state.withLock { state in
            state.requests.append(request)
            return state.replies.count > 1 ? state.replies.removeFirst() : state.replies.first ?? Reply(status: 500)
        }
        Thread.sleep(forTimeInterval: reply.delay)
        let lines =
            ["HTTP/1.1 \(reply.status) Scripted"] + reply.headers
            + ["Content-Length: \(reply.body.utf8.count)", "Connection: close", "", reply.body]
        Socket.write(Data(lines.joined(separator: "\r\n").utf8), to: connection)
    }

    private static func request(from connection: Int32) -> Request? {
        var data = Data()
        let end = Data("\r\n\r\n".utf8)
        while data.range(of: end) == nil {
            guard let more = Socket.read(connection) else { return nil }
            data += more
        }
        guard let range = data.range(of: end) else { return nil }
        let lines = String(decoding: data[..<range.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers[parts[0].lowercased()] = parts.count > 1 ? parts[1].trimmingCharacters(in: .whitespaces) : ""
        }
        var body = data[range.upperBound...]
        while body.count < Int(headers["content-length"] ?? "") ?? 0 {
            guard let more = Socket.read(connection) else { return nil }
            body += more
        }
        let words = (lines.first ?? "").split(separator: " ")
        guard words.count == 3 else { return nil }
        let target = words[1].split(separator: "?", maxSplits: 1).map(String.init)
        return Request(
            method: String(words[0]), path: target[0], query: fields(target.count > 1 ? target[1] : ""),
            headers: headers, form: fields(String(decoding: body, as: UTF8.self)))
    }

    private static func fields(_ text: String) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[String(parts[0])] = parts.count > 1 ? String(parts[1]).removingPercentEncoding ?? "" : ""
        }
        return fields
    }
}
