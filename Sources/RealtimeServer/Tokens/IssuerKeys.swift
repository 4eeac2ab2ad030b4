import Logging

/// The keys of one issuer: kept, fetched anew before they grow old, and fetched at once when a token names one that is
/// not among them. However many callers wait, one fetch is under way.
actor IssuerKeys {
    private let source: KeySource
    private let schedule: KeySchedule
    private let logger: Logger
    private let now: @Sendable () -> Int

    private var keys: KeySet?
    private var fetchedAt = 0
    private var triedAt: Int?
    private var failure = "they were not fetched yet"
    private var flight: Task<Void, Never>?

    /// - Parameter now: the time in Unix seconds.
    init(
        _ source: KeySource, schedule: KeySchedule = .standard, logger: Logger,
        now: @escaping @Sendable () -> Int
    ) {
        self.source = source
        self.schedule = schedule
        self.logger = logger
        self.now = now
    }

    /// The keys that may have signed a token that names the key `id`; none if the issuer does not know it.
    ///
    /// - Throws: a refusal with ``TokenRefusal/Cause/unreachable`` if there are no keys.
    func find(_ id: String?, for algorithm: SigningAlgorithm) async throws(TokenRefusal) -> [SigningKey] {
        await prepare()
        guard let found = usable?.find(id, for: algorithm) else { throw unreachable }
        guard found.isEmpty, id != nil else { return found }
        await refresh(after: schedule.pause)
        return usable?.find(id, for: algorithm) ?? []
    }

    /// Gets keys that are not old, if they can be had.
    func prepare() async {
        guard usable != nil else { return await refresh(after: schedule.pause) }
        switch age {
        case schedule.lifetime...: await refresh(after: schedule.retry)
        case (schedule.lifetime - schedule.lead)...: begin(after: schedule.retry)
        default: break
        }
    }

    private var age: Int { max(0, now() - fetchedAt) }

    private var usable: KeySet? { age <= schedule.longest ? keys : nil }

    private func refresh(after pause: Int) async {
        begin(after: pause)
        await flight?.value
    }

    private func begin(after pause: Int) {
        // A clock that was set back must not stop it.
        guard flight == nil, triedAt.map({ abs(now() - $0) >= pause }) ?? true else { return }
        triedAt = now()
        flight = Task { await load() }
    }

    private func load() async {
        let startedAt = now()
        do {
            keys = try await source.load()
            fetchedAt = startedAt
            logger.info("Fetched the \(keys?.keys.count ?? 0) signing keys of the token issuer \(source.issuer.url)")
        } catch {
            failure = String(describing: error)
            complain()
        }
        flight = nil
    }

    private func complain() {
        guard usable != nil else {
            return logger.error(
                "No token of \(source.issuer.url) can be checked: its signing keys cannot be fetched (\(failure))")
        }
        logger.warning(
            """
            The signing keys of the token issuer \(source.issuer.url) cannot be fetched (\(failure)); those of \
            \(age / 3600) hours ago are used on, for \((schedule.longest - age) / 3600) more hours at most
            """)
    }

    private var unreachable: TokenRefusal {
        TokenRefusal(
            .unreachable,
            "This server cannot get the signing keys of the token's issuer, so it cannot check the token. Try again in"
                + " \(schedule.pause) seconds; if that does not help, the server's operator finds the cause in its log.",
            reason: "no signing keys of \(source.issuer.url): \(failure)")
    }
}
