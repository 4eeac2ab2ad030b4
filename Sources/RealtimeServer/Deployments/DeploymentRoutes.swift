import Foundation
import Hummingbird
import NIOCore
import RealtimeProtocol

/// Deployments in the shape of Azure's management API.
struct DeploymentRoutes: Sendable {
    let policy: HandshakePolicy
    let registry: DeploymentRegistry
    let sessions: any RealtimeSessionHandler

    private static let largestBody = 1_048_576

    func add(to router: Router<BasicRequestContext>) {
        let group = "subscriptions/:subscription/resourceGroups/:group/providers/Microsoft.CognitiveServices/"
        for path in [group, ""] {
            let deployments = RouterPath("\(path)accounts/:account/deployments")
            router.get(deployments) { request, context in
                try await respond(request, context) { account throws(DeploymentError) in list(account) }
            }
            let one = RouterPath("\(path)accounts/:account/deployments/:deployment")
            router.get(one) { request, context in
                try await respond(request, context) { account throws(DeploymentError) in
                    try show(try name(in: context), account)
                }
            }
            router.put(one) { request, context in
                guard let body = try? await request.body.collect(upTo: Self.largestBody) else {
                    return Response(
                        .azure(
                            413, code: "RequestBodyTooLarge", "The body is larger than \(Self.largestBody) bytes."))
                }
                return try await respond(request, context) { account async throws(DeploymentError) in
                    try await put(try name(in: context), body, account)
                }
            }
            router.delete(one) { request, context in
                try await respond(request, context) { _ async throws(DeploymentError) in
                    Response(status: try await registry.delete(try name(in: context)) ? .ok : .noContent)
                }
            }
        }
    }

    private func list(_ account: String) -> Response {
        let all = registry.current.all.map { $0.json(account: account, state: sessions.state(of: $0)) }
        return .json(JSONValue.object(["value": .array(all)]).text)
    }

    private func show(_ name: String, _ account: String) throws(DeploymentError) -> Response {
        guard let deployment = registry.current.named(name) else {
            throw DeploymentError(
                .notFound,
                "The deployment '\(name.prefix(100))' does not exist. There are: \(registry.current.list).")
        }
        return .json(deployment.json(account: account, state: sessions.state(of: deployment)).text)
    }

    private func put(
        _ name: String, _ body: ByteBuffer, _ account: String
    ) async throws(DeploymentError) -> Response {
        let json: JSONValue
        do { json = try JSONValue(parsing: Array(body.readableBytesView)) } catch {
            throw DeploymentError(.invalid, "The body is not JSON: \(error)")
        }
        let (deployment, isNew) = try await registry.put(Deployment(name, json: json))
        return .json(
            deployment.json(account: account, state: sessions.state(of: deployment)).text,
            status: isNew ? .created : .ok)
    }

    private func name(in context: BasicRequestContext) throws(DeploymentError) -> String {
        guard let name = context.parameters.get("deployment") else {
            throw DeploymentError(.invalid, "The path names no deployment.")
        }
        return name.removingPercentEncoding ?? name
    }

    private func respond(
        _ request: Request, _ context: BasicRequestContext,
        _ body: (_ account: String) async throws(DeploymentError) -> Response
    ) async throws -> Response {
        if let refusal = await policy.refusal(of: request.head, for: .management) { return Response(refusal) }
        let path = RequestTarget(request.head.path ?? "").path
        let account = path.components(separatedBy: "/deployments").first ?? ""
        do throws(DeploymentError) {
            return try await body(account)
        } catch {
            return Response(.azure(error.status, code: error.code.rawValue, error.message))
        }
    }
}
