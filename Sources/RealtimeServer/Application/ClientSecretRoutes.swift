import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import RealtimeProtocol

/// The REST endpoints that give out client secrets: GA's one, and the preview's two (protocol.md A.6).
struct ClientSecretRoutes: Sendable {
    let policy: HandshakePolicy
    let sessions: any RealtimeSessionHandler

    private enum Form { case ga, preview, previewTranscription }
    private static let largestBody = 1_048_576

    func add(to router: Router<BasicRequestContext>) {
        for path in ["v1/realtime/client_secrets", "openai/v1/realtime/client_secrets"] as [RouterPath] {
            router.post(path) { request, _ in await respond(to: request, .ga) }
        }
        for path in ["v1/realtime/sessions", "openai/realtimeapi/sessions"] as [RouterPath] {
            router.post(path) { request, _ in await respond(to: request, .preview) }
        }
        router.post("v1/realtime/transcription_sessions") { request, _ in
            await respond(to: request, .previewTranscription)
        }
    }

    private func respond(to request: Request, _ form: Form) async -> Response {
        let identity: Identity
        switch await policy.admit(request.head) {
        case .success(let admitted): identity = admitted
        case .failure(let refusal): return Response(refusal)
        }
        guard let body = try? await request.body.collect(upTo: Self.largestBody) else {
            return Response(.openAI(413, code: nil, "The body is larger than \(Self.largestBody) bytes."))
        }
        do throws(RealtimeError) {
            let wish = try read(Array(body.readableBytesView), form)
            guard policy.deployments[wish.head.model] != nil else {
                return Response(.unknownModel(wish.head.model, policy.deployments, request.head))
            }
            let configuration = try sessions.describe(wish.head)
            let secret = policy.secrets.issue(
                wish.head.kind, model: wish.head.model, settings: try Self.inGAShape(wish.head),
                issuer: identity, for: wish.seconds)
            return .json(Self.answer(form, configuration, secret).text)
        } catch {
            return Response(
                HTTPRefusal(
                    status: 400,
                    body: ErrorBody.openAI(
                        type: error.type, code: error.code, param: error.param, message: error.message)))
        }
    }

    // MARK: What is asked for

    private func read(_ bytes: [UInt8], _ form: Form) throws(RealtimeError) -> (head: SessionHead, seconds: Int) {
        var body = JSONObject()
        if !bytes.isEmpty {
            let value: JSONValue
            do { value = try JSONValue(parsing: bytes) } catch { throw .invalidJSON(error) }
            guard let object = value.object else { throw .invalidType("body", expected: "an object", got: value.kind) }
            body = object
        }
        var settings: JSONObject
        var expiry: JSONValue?
        switch form {
        case .ga:
            if let other = body.members.first(where: { !["session", "expires_after"].contains($0.name) }) {
                throw .unknownParameter(other.name)
            }
            settings = body["session"]?.object ?? ["type": "realtime"]
            expiry = body["expires_after"]
        case .preview, .previewTranscription:
            settings = body
            expiry = body["client_secret"]?["expires_after"]
            settings["client_secret"] = nil
        }
        let isTranscription = form == .previewTranscription || settings["type"] == "transcription"
        let model = settings["model"]?.string ?? policy.deployments.standard
        let head = SessionHead(
            dialect: form == .ga ? .ga : .previewMarked, kind: isTranscription ? .transcription : .realtime,
            model: model, settings: .object(settings))
        return (head, try seconds(expiry, form == .ga ? 600 : 60, form == .ga ? "" : "client_secret."))
    }

    /// How long a secret is good for: `{"anchor":"created_at","seconds":600}`, 10…7200.
    private func seconds(_ expiry: JSONValue?, _ usual: Int, _ parent: String) throws(RealtimeError) -> Int {
        guard let expiry, expiry != .null else { return usual }
        if let anchor = expiry["anchor"], anchor != "created_at" {
            throw .invalidValue(
                "\(parent)expires_after.anchor", got: anchor.string ?? anchor.text, supported: ["created_at"])
        }
        guard let seconds = expiry["seconds"], seconds != .null else { return usual }
        guard let seconds = seconds.integer else {
            throw .invalidType("\(parent)expires_after.seconds", expected: "an integer", got: seconds.kind)
        }
        guard (10...7200).contains(seconds) else {
            throw .outOfRange("\(parent)expires_after.seconds", seconds, 10...7200)
        }
        return seconds
    }

    /// The same settings as a connection of any dialect understands them.
    private static func inGAShape(_ head: SessionHead) throws(RealtimeError) -> JSONValue {
        var dialect = Dialect(head.dialect)
        let isPreviewTranscription = head.dialect != .ga && head.kind == .transcription
        let type: JSONValue = isPreviewTranscription ? "transcription_session.update" : "session.update"
        guard case .sessionUpdate(let update) = try dialect.decode(["type": type, "session": head.settings]).body,
            case .object(var settings)? = try? JSONValue(encoding: update.session)
        else { return [:] }
        settings["type"] = .string(head.kind.rawValue)
        return .object(settings)
    }

    // MARK: What is given

    private static func answer(
        _ form: Form, _ configuration: SessionConfiguration, _ secret: ClientSecret
    ) -> JSONValue {
        let event = ServerEvent(eventID: "event_0", .sessionCreated(SessionEvent(session: configuration)))
        let dialect = Dialect(form == .ga ? Dialect.Name.ga : .preview(nil))
        let session = dialect.encode(event)?["session"] ?? .null
        let expiry = JSONValue.integer(secret.expiresAt)
        guard form != .ga, case .object(var object) = session else {
            return ["value": .string(secret.value), "expires_at": expiry, "session": session]
        }
        object["client_secret"] = ["value": .string(secret.value), "expires_at": expiry]
        return .object(object)
    }
}

extension HTTPRefusal {
    fileprivate static func unknownModel(
        _ model: String, _ deployments: Deployments, _ request: HTTPRequest
    ) -> HTTPRefusal {
        guard RequestTarget(request.path ?? "").path.hasPrefix("/openai/") else {
            return .openAI(
                400, code: "model_not_found", param: "model",
                "The model '\(model.prefix(100))' does not exist. This server has: \(deployments.list).")
        }
        return .azure(
            404, code: "DeploymentNotFound",
            "The API deployment for this resource does not exist. This server has: \(deployments.list).")
    }
}
