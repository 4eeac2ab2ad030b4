import Foundation
import RealtimeProtocol
import ServiceLifecycle
import SessionCore

/// Ends sessions whose key, secret or token is good no more, if the operator wants that (`end-expired-sessions`): looks once
/// a second.
struct CredentialWatch: Service {
    let policy: HandshakePolicy
    let live: LiveSessions

    func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(1))) != nil { look(at: Int(Date().timeIntervalSince1970)) }
        }
    }

    /// - Parameter now: Unix seconds.
    func look(at now: Int) { live.tell { policy.ending(of: $0, at: now) } }
}

extension HandshakePolicy {
    /// Why a session must end that somebody opened who was let in then; `nil` if it need not.
    ///
    /// - Parameter now: Unix seconds.
    func ending(of identity: Identity, at now: Int) -> SessionNotice? {
        switch identity {
        case .anybody: nil
        case .key(let key): keys.contains(key) ? nil : .revoked("API key")
        case .secret(let secret):
            secret.expiresAt <= now
                ? .expired("client secret")
                : ending(of: secret.issuer, at: now) == nil ? nil : .revoked("client secret")
        case .caller(let caller):
            caller.expiresAt <= now
                ? .expired("token")
                : tokens?.roles(of: caller).contains { $0.permissions.contains(.inference) } == true
                    ? nil : .revoked("token")
        }
    }
}

extension SessionNotice {
    /// Of the close codes after which clients connect again: with a new one they will be let in.
    fileprivate static func expired(_ credential: String) -> SessionNotice {
        SessionNotice(
            .invalidRequest(
                "The \(credential) with which this session was opened has expired. Connect again with a new one.",
                code: "session_expired"), closeCode: Int(CloseCode.goingAway.rawValue))
    }

    /// Of those after which they do not.
    fileprivate static func revoked(_ credential: String) -> SessionNotice {
        SessionNotice(
            .invalidRequest(
                "The \(credential) with which this session was opened is good no more. Connect again with another.",
                code: "credential_revoked"), closeCode: Int(CloseCode.authenticationFailed.rawValue))
    }
}
