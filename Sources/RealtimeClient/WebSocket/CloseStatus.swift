import Synchronization

/// How a WebSocket was closed (protocol.md A.4).
public struct CloseStatus: Sendable, Hashable {
    /// The number: 1000 for normal, 1005 if the peer gave none, 1006 if the connection was lost.
    public var code: UInt16
    /// Why, in words; often empty.
    public var reason: String

    /// How a WebSocket was closed.
    public init(code: UInt16, reason: String = "") {
        self.code = code
        self.reason = reason
    }

    static let lost = CloseStatus(code: 1006)

    /// Whether the code may stand in a close frame.
    var isSendable: Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// Written once by the channel and read by everybody.
final class Closure: Sendable {
    private let state = Mutex<CloseStatus?>(nil)

    var status: CloseStatus? { state.withLock { $0 } }

    /// The first one counts.
    func record(_ status: CloseStatus) {
        state.withLock { $0 = $0 ?? status }
    }
}
