public import RealtimeProtocol
import Synchronization

/// By which others than its client speak into a session that runs: the operator, who stops the server, or whoever watches
/// over its credential. For one session.
public final class SessionControl: Sendable {
    private enum Line {
        case waiting([SessionNotice])
        case open(@Sendable (SessionNotice) -> Void)
        case closed
    }

    private let line = Mutex(Line.waiting([]))

    /// One for a session that may not run yet: what is said before is said when it begins.
    public init() {}

    /// Tells the session something, which tells its client. Nobody hears it once the session is over.
    public func post(_ notice: SessionNotice) {
        let take = line.withLock { line -> (@Sendable (SessionNotice) -> Void)? in
            switch line {
            case .waiting(let notices):
                line = .waiting(notices + [notice])
                return nil
            case .open(let take): return take
            case .closed: return nil
            }
        }
        take?(notice)
    }

    func open(_ take: @escaping @Sendable (SessionNotice) -> Void) {
        let notices = line.withLock { line -> [SessionNotice] in
            defer { line = .open(take) }
            if case .waiting(let notices) = line { return notices }
            return []
        }
        notices.forEach(take)
    }

    func close() { line.withLock { $0 = .closed } }
}

/// What a session and its client are told from outside.
public struct SessionNotice: Equatable, Sendable, Codable {
    /// The `error` event that the client gets.
    public var error: RealtimeError
    /// With which code the connection is closed then, and with the error's message as the reason; `nil` to leave it open.
    public var closeCode: Int?

    /// A notice.
    public init(_ error: RealtimeError, closeCode: Int? = nil) {
        self.error = error
        self.closeCode = closeCode
    }
}
