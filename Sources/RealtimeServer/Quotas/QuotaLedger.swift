import Foundation
public import Logging
public import ServiceLifecycle
import Synchronization

/// What every deployment and every key uses, and whether it may use more. What was used is kept in the database; what
/// counts for a minute is forgotten with the process.
public final class QuotaLedger: Sendable {
    /// Who has limits.
    enum Subject: Hashable { case deployment(String), key(String) }

    /// What one of them has used lately.
    private struct Account {
        var sessions = 0
        /// When the sessions of the last minute began: Unix milliseconds.
        var beginnings: [Int] = []
        /// When the responses of the last minute ended, and their tokens.
        var tokens: [(at: Int, count: Int)] = []

        mutating func forget(before moment: Int) {
            beginnings.removeAll { $0 <= moment }
            tokens.removeAll { $0.at <= moment }
        }
    }

    private struct State {
        var accounts: [Subject: Account] = [:]
        /// What was used today, with what the database knew at the start.
        var today: [UsageRecord.Key: UsageRecord] = [:]
        /// What the database doesn't know yet.
        var unsaved: [UsageRecord.Key: UsageRecord] = [:]
    }

    private let state: Mutex<State>
    private let database: ServerDatabase
    private let now: @Sendable () -> Int
    private static let minute = 60_000

    /// A ledger that goes on where the database's ends.
    ///
    /// - Throws: what GRDB throws when the database can't be read.
    public convenience init(_ database: ServerDatabase) throws {
        try self.init(database) { Int(Date().timeIntervalSince1970 * 1000) }
    }

    /// - Parameter now: Unix milliseconds.
    init(_ database: ServerDatabase, now: @escaping @Sendable () -> Int) throws {
        self.database = database
        self.now = now
        let today = try database.usage(since: Self.day(now()))
        state = Mutex(State(today: Dictionary(uniqueKeysWithValues: today.map { ($0.key, $0) })))
    }

    /// Begins a session, if the limits allow one.
    ///
    /// - Parameters:
    ///   - deployment: its name and its limits.
    ///   - key: the key's name and its limits.
    /// - Returns: what counts for it, or why it may not begin.
    func begin(
        deployment: (name: String, limits: Limits), key: (name: String, limits: Limits), metrics: ServerMetrics? = nil
    ) -> Result<SessionAccount, QuotaRefusal> {
        let subjects: [(Subject, Limits)] = [
            (.deployment(deployment.name), deployment.limits), (.key(key.name), key.limits),
        ]
        let now = now()
        return state.withLock { state in
            for (subject, limits) in subjects {
                state.accounts[subject, default: Account()].forget(before: now - Self.minute)
                let account = state.accounts[subject, default: Account()]
                if let most = limits.sessions, account.sessions >= most {
                    return .failure(.init(subject, "\(most) sessions at once", retryAfter: 5))
                }
                if let most = limits.sessionsPerMinute, account.beginnings.count >= most {
                    let first = account.beginnings[account.beginnings.count - most]
                    return .failure(
                        .init(subject, "\(most) new sessions a minute", retryAfter: Self.seconds(first, now)))
                }
                if let refusal = refusal(subject, limits, state, now) { return .failure(refusal) }
            }
            for (subject, _) in subjects {
                state.accounts[subject]?.sessions += 1
                state.accounts[subject]?.beginnings.append(now)
            }
            let account = SessionAccount(
                ledger: self, metrics: metrics, deployment: deployment.name, key: key.name, subjects: subjects)
            add(to: &state, account, now) { $0.sessions += 1 }
            return .success(account)
        }
    }

    func end(_ account: SessionAccount) {
        state.withLock { state in
            for (subject, _) in account.subjects { state.accounts[subject]?.sessions -= 1 }
        }
    }

    /// Adds to what a session uses.
    func count(_ account: SessionAccount, tokens: Int = 0, _ change: (inout UsageRecord) -> Void) {
        let now = now()
        state.withLock { state in
            add(to: &state, account, now, change)
            guard tokens > 0 else { return }
            for (subject, limits) in account.subjects where limits.tokensPerMinute != nil {
                state.accounts[subject]?.forget(before: now - Self.minute)
                state.accounts[subject]?.tokens.append((now, tokens))
            }
        }
    }

    /// Why a session may have no answer now.
    func refusal(_ account: SessionAccount) -> QuotaRefusal? {
        let now = now()
        return state.withLock { state in
            for (subject, limits) in account.subjects {
                if let refusal = refusal(subject, limits, state, now) { return refusal }
            }
            return nil
        }
    }

    /// The tokens that a session may still use this minute: the limit that leaves fewest.
    func tokensLeft(_ account: SessionAccount) -> (limit: Int, left: Int, resetSeconds: Double)? {
        let now = now()
        return state.withLock { state in
            account.subjects.compactMap { subject, limits in
                guard let limit = limits.tokensPerMinute else { return nil }
                let spent = state.accounts[subject, default: Account()].tokens.filter { $0.at > now - Self.minute }
                let used = spent.reduce(0) { $0 + $1.count }
                let reset = spent.last.map { Double($0.at + Self.minute - now) / 1000 } ?? 0
                return (limit, max(0, limit - used), reset)
            }.min { $0.left < $1.left }
        }
    }

    private func refusal(_ subject: Subject, _ limits: Limits, _ state: State, _ now: Int) -> QuotaRefusal? {
        if let most = limits.tokensPerMinute {
            let spent = (state.accounts[subject] ?? Account()).tokens.filter { $0.at > now - Self.minute }
            var left = most - spent.reduce(0) { $0 + $1.count }
            if left <= 0 {
                // When enough of them are a minute old.
                let free = spent.first { entry in
                    left += entry.count
                    return left > 0
                }
                return .init(subject, "\(most) tokens a minute", retryAfter: Self.seconds(free?.at ?? now, now))
            }
        }
        if let most = limits.audioMinutesPerDay {
            let day = Self.day(now)
            let used = state.today.values.filter { $0.key.day == day && subject.includes($0.key) }
                .reduce(0) { $0 + $1.audioMinutes }
            // A sum of thousands of pieces falls short by a rounding.
            if used >= Double(most) - 1e-6 {
                return .init(
                    subject, "\(most) minutes of sound a day (of UTC)", retryAfter: 86_400 - now / 1000 % 86_400)
            }
        }
        return nil
    }

    private func add(
        to state: inout State, _ account: SessionAccount, _ now: Int, _ change: (inout UsageRecord) -> Void
    ) {
        let key = UsageRecord.Key(day: Self.day(now), deployment: account.deployment, key: account.key)
        if state.today[key] == nil { state.today = state.today.filter { $0.key.day == key.day } }
        change(&state.today[key, default: UsageRecord(key: key)])
        change(&state.unsaved[key, default: UsageRecord(key: key)])
    }

    private static func seconds(_ began: Int, _ now: Int) -> Int { max(1, (began + minute - now + 999) / 1000) }

    private static func day(_ now: Int) -> String {
        Date(timeIntervalSince1970: Double(now) / 1000).formatted(.iso8601.year().month().day())
    }

    // MARK: Keeping

    /// Writes down what the database doesn't know yet.
    public func save() async throws {
        let unsaved = state.withLock { state in
            defer { state.unsaved = [:] }
            return state.unsaved
        }
        guard !unsaved.isEmpty else { return }
        do {
            try await database.add(Array(unsaved.values))
        } catch {
            state.withLock { state in
                for (key, usage) in unsaved { state.unsaved[key, default: UsageRecord(key: key)] += usage }
            }
            throw error
        }
    }
}

extension QuotaLedger.Subject {
    fileprivate func includes(_ key: UsageRecord.Key) -> Bool {
        switch self {
        case .deployment(let name): key.deployment == name
        case .key(let name): key.key == name
        }
    }
}

/// Saves what is used, as a service beside the server.
public struct UsageKeeping: Service, CustomStringConvertible {
    private let ledger: QuotaLedger
    private let logger: Logger

    /// Saves what `ledger` counts.
    public init(_ ledger: QuotaLedger, logger: Logger) {
        self.ledger = ledger
        self.logger = logger
    }

    /// Saves every five seconds, and once more when the server has ended.
    public func run() async {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(5))) != nil { await save() }
        }
        await save()
    }

    private func save() async {
        do {
            try await ledger.save()
        } catch {
            logger.error("what was used could not be written down", metadata: ["error": "\(error)"])
        }
    }

    /// Its name: a `ServiceGroup` logs its services.
    public var description: String { "UsageKeeping" }
}
