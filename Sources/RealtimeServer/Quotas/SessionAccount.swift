import RealtimeProtocol
import SessionCore
import SpeechEngines
import Synchronization

/// A session's place in the ledger. It is given back at the latest when nobody holds it any more.
final class SessionAccount: SessionMeter {
    let deployment: String
    let key: String
    let subjects: [(QuotaLedger.Subject, Limits)]
    private let ledger: QuotaLedger
    private let metrics: ServerMetrics?
    private let isOpen = Mutex(true)
    /// Sound that the ledger was not told of yet: a lock that all share is not worth taking at each 20 ms of it.
    private let sound = Mutex((heard: 0.0, said: 0.0))

    init(
        ledger: QuotaLedger, metrics: ServerMetrics? = nil, deployment: String, key: String,
        subjects: [(QuotaLedger.Subject, Limits)]
    ) {
        self.ledger = ledger
        self.metrics = metrics
        self.deployment = deployment
        self.key = key
        self.subjects = subjects
    }

    deinit { end() }

    /// The session is over.
    func end() {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        guard wasOpen else { return }
        tell()
        ledger.end(self)
    }

    func count(seconds: Double, on track: AudioSpan.Track) {
        let isEnough = sound.withLock { sound in
            if track == .said { sound.said += seconds } else { sound.heard += seconds }
            return sound.heard + sound.said >= 5
        }
        if isEnough { tell() }
    }

    func work(_ kind: SessionWork, _ change: Int) { metrics?.work(kind, change) }

    func count(_ usage: Usage) {
        metrics?.count(inputTokens: usage.inputTokens, outputTokens: usage.outputTokens)
        ledger.count(self, tokens: usage.totalTokens) {
            $0.responses += 1
            $0.inputTokens += usage.inputTokens
            $0.outputTokens += usage.outputTokens
        }
    }

    var allowance: RateLimit? {
        ledger.tokensLeft(self).map {
            RateLimit(name: "tokens", limit: $0.limit, remaining: $0.left, resetSeconds: $0.resetSeconds)
        }
    }

    var refusal: EngineError? {
        tell()
        return ledger.refusal(self).map { EngineError(.rateLimited, $0.message) }
    }

    private func tell() {
        let (heard, said) = sound.withLock { sound in
            defer { sound = (0, 0) }
            return sound
        }
        guard heard + said > 0 else { return }
        metrics?.count(heardSeconds: heard, saidSeconds: said)
        ledger.count(self) {
            $0.heardSeconds += heard
            $0.saidSeconds += said
        }
    }
}

/// Why somebody may not use more now.
struct QuotaRefusal: Error, Equatable {
    let message: String
    /// Seconds after which it is worth trying again.
    let retryAfter: Int

    init(_ subject: QuotaLedger.Subject, _ limit: String, retryAfter: Int) {
        let who =
            switch subject {
            case .deployment(let name): "The deployment \(name)"
            case .key(let name): "The API key \(name)"
            }
        self.retryAfter = retryAfter
        message = "\(who) has used up its limit of \(limit). Try again in \(retryAfter) s."
    }
}
