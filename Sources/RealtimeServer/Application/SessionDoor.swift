import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import SessionCore
import Tracing

/// Lets sessions in: what the policy says, whether the engines are there, whether there is room; and sees them out.
struct SessionDoor: Sendable {
    let policy: HandshakePolicy
    let readiness: Readiness
    let slots: Slots
    let sessions: any RealtimeSessionHandler
    let ledger: QuotaLedger
    let live: LiveSessions
    let metrics: ServerMetrics
    let tracer: any Tracer
    /// MiB; 0 for any.
    let memoryLimitMB: Int
    let logger: Logger

    @Sendable func decide(
        _ request: HTTPRequest, on eventLoop: any EventLoop
    ) -> EventLoopFuture<WebSocketUpgradeChannel.Decision> {
        // A token takes time: its issuer may have to be asked for its keys.
        guard let token = policy.token(of: Handshake(request)?.credential), let tokens = policy.tokens else {
            return eventLoop.makeSucceededFuture(decide(request, nil))
        }
        return eventLoop.makeFutureWithTask { decide(request, await tokens.verified(token)) }
    }

    private func decide(
        _ request: HTTPRequest, _ caller: Result<Caller, TokenRefusal>?
    ) -> WebSocketUpgradeChannel.Decision {
        let handshake: Handshake
        switch policy.decide(request, caller: caller) {
        case .success(let accepted): handshake = accepted
        case .failure(let refusal): return refuse(refusal, request, refusal.label)
        }
        if let reason = readiness.reason {
            return refuse(.notReady(reason, handshake.route), request, "not_ready")
        }
        if let state = handshake.deployment.map(sessions.state(of:)), let reason = state.message {
            let refusal = state.name == "Failed" ? Refusal.noEngines : Refusal.notReady
            return refuse(refusal(reason, handshake.route), request, "not_ready")
        }
        let longest = policy.rules.longestWaitMs
        if longest > 0, let wait = sessions.turns?.wait(at: now()), wait > longest {
            return refuse(.tooBusy(wait, handshake.route), request, "busy")
        }
        if memoryLimitMB > 0, let used = ProcessMemory.residentMB, used > memoryLimitMB {
            return refuse(.noMemory(used, handshake.route), request, "memory")
        }
        let account: SessionAccount
        switch begin(handshake) {
        case .success(let begun): account = begun
        case .failure(let refusal):
            return refuse(
                .tooMuch(refusal.message, retryAfter: refusal.retryAfter, handshake.route), request, "quota")
        }
        guard let slot = slots.take() else {
            return refuse(.tooManySessions(slots.limit, handshake.route), request, "sessions")
        }
        var context = ServiceContext.topLevel
        tracer.extract(request.headerFields, into: &context, using: HTTPFieldsExtractor())
        return .accept(handshake.responseFields) { [context] connection in
            let control = SessionControl()
            let number = live.begin(handshake.identity, control)
            await serve(connection, handshake, account, control, context)
            live.end(number)
            account.end()
            slot.giveBack()
        }
    }

    private func begin(_ handshake: Handshake) -> Result<SessionAccount, QuotaRefusal> {
        let name = handshake.identity.account
        let limits = policy.rules.keyLimits
        return ledger.begin(
            // Transcription on Azure's preview path names its deployment later.
            deployment: (handshake.deployment?.name ?? "none", handshake.deployment?.limits ?? Limits()),
            key: (name, limits[name] ?? limits["any"] ?? Limits()), metrics: metrics)
    }

    /// Unix milliseconds.
    private func now() -> Int { Int(Date().timeIntervalSince1970 * 1000) }

    private func serve(
        _ connection: WebSocketConnection, _ handshake: Handshake, _ account: SessionAccount, _ control: SessionControl,
        _ context: ServiceContext
    ) async {
        var logger = logger
        logger[metadataKey: "session"] = "\(connection.id)"
        if let id = handshake.requestID { logger[metadataKey: "request"] = "\(id)" }
        logger[metadataKey: "path"] = "\(handshake.route.path)"
        logger[metadataKey: "dialect"] = "\(handshake.dialect.name)"
        let start = ContinuousClock.now
        metrics.sessionBegan(handshake.dialect.name)
        logger.info("session began", metadata: ["by": "\(handshake.identity)"])
        let span = tracer.session(
            in: context,
            attributes: [
                "session.id": connection.id, "url.path": handshake.route.path,
                "deployment": handshake.deployment?.name,
            ])
        do {
            try await ServiceContext.withValue(span.context) {
                try await sessions.serve(connection, handshake, meter: account, control: control, logger: logger)
            }
            await connection.close(code: .normal)
        } catch is CancellationError {
            await connection.close(code: .goingAway, reason: "The server is shutting down.")
        } catch let error as ServerError where error.code == .connectionClosed {
            // The client went away while something was being sent to it: an ending like any other.
        } catch {
            logger.error("session failed", metadata: ["error": "\(error)"])
            span.recordError(error)
            span.setStatus(SpanStatus(code: .error))
            await connection.close(code: .internalError, reason: "The session failed inside the server.")
        }
        span.attributes["close_code"] = Int64((connection.closeCode ?? .normal).rawValue)
        span.end()
        metrics.sessionEnded(connection.closeCode ?? .normal)
        logger.info(
            "session ended",
            metadata: [
                "close_code": "\(connection.closeCode ?? .normal)",
                "duration_ms": "\((ContinuousClock.now - start).milliseconds)",
            ])
    }

    /// - Parameter label: what it is counted as.
    private func refuse(
        _ refusal: Refusal, _ request: HTTPRequest, _ label: String
    ) -> WebSocketUpgradeChannel.Decision {
        metrics.refused(label)
        // The path without its query, which can hold a key.
        let path = RequestTarget(request.path ?? "").path.prefix(100)
        switch refusal {
        case .http(let refusal):
            logger.info(
                "handshake refused",
                metadata: ["path": "\(path)", "status": "\(refusal.status)"].with(reason: refusal.reason))
            return .refuse(Response(refusal))
        case .openThenRefuse(let refusal):
            logger.info(
                "handshake refused",
                metadata: [
                    "path": "\(path)", "close_code": "\(refusal.closeCode)", "error": "\(refusal.closeReason)",
                ].with(reason: refusal.reason))
            return .accept(Handshake(request)?.responseFields ?? [:]) { connection in
                try? await connection.send(text: refusal.event(id: Identifier.event()))
                await connection.close(code: refusal.closeCode, reason: refusal.closeReason)
            }
        }
    }
}

extension Logger.Metadata {
    fileprivate func with(reason: String?) -> Logger.Metadata {
        reason.map { merging(["reason": "\($0)"]) { $1 } } ?? self
    }
}

extension Handshake.Dialect {
    /// For logs.
    var name: String {
        switch self {
        case .preview(let version): "preview \(version)"
        case .previewMarked: "preview"
        case .ga: "ga"
        }
    }
}

extension Refusal {
    /// What a refusal by the rules of the handshake is counted as.
    fileprivate var label: String {
        switch self {
        case .http(let refusal):
            switch refusal.status {
            case 401: "unauthorized"
            case 403: "forbidden"
            case 404: "not_found"
            case 503: "not_ready"
            default: "bad_request"
            }
        case .openThenRefuse(let refusal):
            switch (refusal.closeCode, refusal.code) {
            case (.authenticationFailed, "insufficient_permissions"): "forbidden"
            case (.authenticationFailed, _): "unauthorized"
            case (.tryAgainLater, _): "not_ready"
            case (_, "invalid_model"): "not_found"
            default: "bad_request"
            }
        }
    }

    fileprivate static func notReady(_ reason: String, _ route: Handshake.Route) -> Refusal {
        guard route == .openAI else {
            return .http(.azure(503, code: "503", reason, fields: [.init(name: "Retry-After", value: "5")]))
        }
        return .openThenRefuse(
            OpenedRefusal(type: "server_error", code: "not_ready", message: reason, closeCode: .tryAgainLater))
    }

    /// What waiting does not mend.
    fileprivate static func noEngines(_ reason: String, _ route: Handshake.Route) -> Refusal {
        guard route == .openAI else { return .http(.azure(503, code: "503", reason)) }
        return .openThenRefuse(
            OpenedRefusal(type: "server_error", code: "no_engines", message: reason, closeCode: .internalError))
    }

    fileprivate static func tooManySessions(_ limit: Int, _ route: Handshake.Route) -> Refusal {
        let message =
            "All \(limit) sessions of this server are in use. Try again when one has ended, or raise"
            + " max-sessions in its configuration."
        return tooMuch(message, retryAfter: 5, route)
    }

    fileprivate static func noMemory(_ used: Int, _ route: Handshake.Route) -> Refusal {
        tooMuch(
            "This server uses \(used) MiB of memory, more than it may. Try again when a session has ended, or raise"
                + " memory-limit-mb in its configuration.", retryAfter: 20, route)
    }

    fileprivate static func tooBusy(_ wait: Int, _ route: Handshake.Route) -> Refusal {
        tooMuch(
            "This server is busy: those who talk to it now wait \(wait) ms for an answer. Try again in a while, or raise"
                + " longest-wait-ms in its configuration.", retryAfter: 20, route)
    }

    fileprivate static func tooMuch(_ message: String, retryAfter seconds: Int, _ route: Handshake.Route) -> Refusal {
        guard route == .openAI else {
            return .http(.azure(429, code: "429", message, fields: [.init(name: "Retry-After", value: "\(seconds)")]))
        }
        return .openThenRefuse(
            OpenedRefusal(code: "rate_limit_exceeded", message: message, closeCode: .tryAgainLater))
    }
}
