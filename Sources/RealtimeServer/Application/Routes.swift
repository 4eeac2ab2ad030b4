import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

extension Router where Context == BasicRequestContext {
    /// The HTTP side: health, the list of models, the times of the latest answers, and a sentence for whoever opens a realtime path without WebSocket.
    static func realtime(
        policy: HandshakePolicy, sessions: any RealtimeSessionHandler, readiness: Readiness, slots: Slots,
        metrics: ServerMetrics, logger: Logger
    ) -> Router {
        let router = Router()
        router.add(middleware: Answering(policy: policy, logger: logger))
        for path in Handshake.Route.allCases.map(\.path) {
            router.get(RouterPath(path)) { _, _ in Response(.upgradeRequired()) }
        }
        router.get("healthz") { _, _ in Response.json(#"{"status":"ok"}"#) }
        router.get("readyz") { _, _ in
            let isFull = slots.count >= slots.limit
            let full = isFull ? "All \(slots.limit) sessions of this server are in use." : nil
            guard let reason = readiness.reason ?? full else { return Response.json(#"{"status":"ready"}"#) }
            return Response.json(
                #"{"status":"not ready","message":"# + ErrorBody.quote(reason) + "}", status: .serviceUnavailable)
        }
        let created = Int(Date().timeIntervalSince1970)
        for path in ["v1/models", "openai/v1/models", "openai/models"] as [RouterPath] {
            router.get(path) { request, _ in
                if let refusal = await policy.refusal(of: request.head) { return Response(refusal) }
                return Response.json(ModelList(deployments: policy.deployments, created: created).json)
            }
            router.get("\(path.description)/:id") { request, context in
                if let refusal = await policy.refusal(of: request.head) { return Response(refusal) }
                return ModelList(deployments: policy.deployments, created: created)
                    .response(id: try context.parameters.require("id"))
            }
        }
        if let turns = sessions.turns {
            router.get("admin/turns") { request, _ in
                if let refusal = await policy.refusal(of: request.head) { return Response(refusal) }
                let latest = request.uri.queryParameters.get("latest", as: Int.self)
                return Response.json(turns.json(latest: latest.map { max(0, $0) }))
            }
        }
        router.get("metrics") { request, _ in
            if let refusal = await policy.refusal(of: request.head) { return Response(refusal) }
            let text = metrics.text + (sessions.turns?.prometheus() ?? "")
            return Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: text)))
        }
        ClientSecretRoutes(policy: policy, sessions: sessions).add(to: router)
        return router
    }
}

/// The list of `GET /v1/models` (protocol.md A.6).
private struct ModelList {
    let deployments: Deployments
    let created: Int

    var json: String {
        #"{"object":"list","data":["# + deployments.names.map(model).joined(separator: ",") + "]}"
    }

    func response(id: String) -> Response {
        guard deployments[id] != nil else {
            return Response(
                .openAI(
                    404, code: "model_not_found", param: "model",
                    "The model '\(id)' does not exist. This server has: \(deployments.list)."))
        }
        return .json(model(id))
    }

    private func model(_ name: String) -> String {
        #"{"id":"# + ErrorBody.quote(name) + #","object":"model","created":"# + "\(created)"
            + #","owned_by":"vivavoce"}"#
    }
}

/// Around every HTTP request: the loopback rule, errors as JSON, a line in the log.
private struct Answering: RouterMiddleware {
    let policy: HandshakePolicy
    let logger: Logger

    func handle(
        _ request: Request, context: BasicRequestContext, next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response = await answer(request, context, next)
        response.harden()
        logger.debug(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(RequestTarget(request.head.path ?? "").path.prefix(100))",
                "status": "\(response.status.code)", "duration_ms": "\((ContinuousClock.now - start).milliseconds)",
            ])
        return response
    }

    private func answer(
        _ request: Request, _ context: BasicRequestContext,
        _ next: (Request, BasicRequestContext) async throws -> Response
    ) async -> Response {
        if let refusal = policy.originRefusal(of: request.head) { return Response(refusal) }
        let preflight = Response(preflight: request.head)
        var response = if let preflight { preflight } else { await routed(request, context, next) }
        response.allow(request.head)
        return response
    }

    private func routed(
        _ request: Request, _ context: BasicRequestContext,
        _ next: (Request, BasicRequestContext) async throws -> Response
    ) async -> Response {
        do {
            return try await next(request, context)
        } catch let error as any HTTPResponseError {
            if error.status == .notFound {
                let path = RequestTarget(request.head.path ?? "").path
                return Response(.unknownURL(method: request.method.rawValue, path: path))
            }
            return Response(.openAI(error.status.code, code: nil, "\(error)"))
        } catch {
            logger.error("request failed", metadata: ["error": "\(error)"])
            return Response(
                HTTPRefusal(
                    status: 500,
                    body: ErrorBody.openAI(
                        type: "server_error", code: nil, param: nil, message: "The server failed; its log says why.")))
        }
    }
}
