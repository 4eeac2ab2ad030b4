package import HTTPTypes
package import Logging
package import NIOCore
package import NIOHTTPTypes

// As much of Hummingbird as the server's channel names, so that the fuzzers need not build the rest. Nothing here runs
// but the pass-through handler: the fuzzers look at what the channel decides, not at what a router then answers.

package protocol ServerChildChannelValue: Sendable {
    var channel: any Channel { get }
}

package protocol HTTPChannelHandler: Sendable {
    typealias Responder = @Sendable (Request, consuming ResponseWriter, any Channel) async throws -> Void
    associatedtype Value: ServerChildChannelValue
    var responder: Responder { get }
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value>
    func handle(value: Value, logger: Logger) async
}

extension HTTPChannelHandler {
    package func handleHTTP(asyncChannel: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>, logger: Logger) async {}
}

package struct Request: Sendable {}

package struct ResponseBody: Sendable {
    package var byteBuffer: ByteBuffer
    package init(byteBuffer: ByteBuffer = ByteBuffer()) { self.byteBuffer = byteBuffer }
}

package struct Response: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HTTPFields
    package var body: ResponseBody
    package var head: HTTPResponse { HTTPResponse(status: status, headerFields: headers) }

    package init(status: HTTPResponse.Status, headers: HTTPFields = [:], body: ResponseBody = ResponseBody()) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

package struct ResponseWriter: ~Copyable {
    package init(outbound: NIOAsyncChannelOutboundWriter<HTTPResponsePart>) {}
    package consuming func write(response head: HTTPResponse, body: consuming ResponseBody) async throws {}
}

package final class HTTPConnectionStateHandler: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart
    package init(idleTimeout: Duration?, logger: Logger) {}
}
