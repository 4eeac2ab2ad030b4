import Foundation
import Synchronization

/// The tokens of one credential, by scopes. However many callers ask, one request is under way for each set of scopes.
///
/// A token is replaced when less than five minutes of it are left, or when the authority wants it to be. If that fails
/// while the old one is still accepted, the old one serves. After any request the next one waits for half a minute as
/// long as there is an accepted token, so that neither an authority that is down nor one that gives tokens of a minute
/// is asked over and over.
final class TokenCache: Sendable {
    static let margin: TimeInterval = 300
    static let pause: TimeInterval = 30

    private typealias Waiter = CheckedContinuation<AccessToken, any Error>

    private struct Flight {
        var id: UInt64
        var task: Task<Void, Never>
        var waiters: [UInt64: Waiter] = [:]
    }

    private struct Entry {
        var token: AccessToken?
        var nextTry = Date.distantPast
        var flight: Flight?

        /// The token, if no request is due.
        func serving(at now: Date) -> AccessToken? {
            guard let token, token.expiresOn > now else { return nil }
            let isFresh =
                token.expiresOn.timeIntervalSince(now) > TokenCache.margin && token.refreshOn.map { $0 > now } ?? true
            return isFresh || now < nextTry ? token : nil
        }
    }

    private struct State {
        var entries: [Set<String>: Entry] = [:]
        var count: UInt64 = 0

        mutating func number() -> UInt64 {
            count += 1
            return count
        }
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Date

    init(now: @escaping @Sendable () -> Date) { self.now = now }

    /// The token kept for `scopes`, or what `request` brings.
    ///
    /// A cancelled caller leaves at once and the request goes on for the others; without any caller left it is cancelled.
    func token(
        for scopes: [String], request: @escaping @Sendable () async throws -> AccessToken
    ) async throws -> AccessToken {
        let scopes = Set(scopes)
        let number = state.withLock { $0.number() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { join($0, number, scopes, request) }
        } onCancel: {
            leave(number, scopes)
        }
    }

    private func join(
        _ waiter: Waiter, _ number: UInt64, _ scopes: Set<String>,
        _ request: @escaping @Sendable () async throws -> AccessToken
    ) {
        let now = now()
        let answer: Result<AccessToken, any Error>? = state.withLock { state in
            // Asked under the lock: the cancellation handler has either not run yet, and will find the waiter, or it
            // has run, and the flag is set.
            if Task.isCancelled { return .failure(CancellationError()) }
            var entry = state.entries[scopes] ?? Entry()
            if let token = entry.serving(at: now) { return .success(token) }
            var flight =
                entry.flight
                ?? {
                    let id = state.number()
                    return Flight(id: id, task: Task { await self.fly(id, scopes, request) })
                }()
            flight.waiters[number] = waiter
            entry.flight = flight
            state.entries[scopes] = entry
            return nil
        }
        if let answer { waiter.resume(with: answer) }
    }

    private func leave(_ number: UInt64, _ scopes: Set<String>) {
        let waiter: Waiter? = state.withLock { state in
            guard let waiter = state.entries[scopes]?.flight?.waiters.removeValue(forKey: number) else { return nil }
            if let flight = state.entries[scopes]?.flight, flight.waiters.isEmpty {
                flight.task.cancel()
                state.entries[scopes]?.flight = nil
            }
            return waiter
        }
        waiter?.resume(throwing: CancellationError())
    }

    private func fly(
        _ id: UInt64, _ scopes: Set<String>, _ request: @Sendable () async throws -> AccessToken
    ) async {
        var result: Result<AccessToken, any Error>
        do { result = .success(try await request()) } catch { result = .failure(error) }
        let now = now()
        let waiters: [Waiter] = state.withLock { state in
            guard var entry = state.entries[scopes], let flight = entry.flight, flight.id == id else { return [] }
            switch result {
            case .success(let token): entry.token = token
            case .failure:
                if let old = entry.token, old.expiresOn > now { result = .success(old) } else { entry.token = nil }
            }
            entry.nextTry = now + Self.pause
            entry.flight = nil
            state.entries[scopes] = entry
            return Array(flight.waiters.values)
        }
        for waiter in waiters { waiter.resume(with: result) }
    }
}
