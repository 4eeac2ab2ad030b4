import Foundation
import Synchronization

/// What a credential takes from outside, so that a test can give it something else.
struct Surroundings: Sendable {
    var environment: Hidden<[String: String]>
    var now: @Sendable () -> Date
    var pause: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    init(environment: [String: String], now: @escaping @Sendable () -> Date) {
        self.environment = Hidden(environment)
        self.now = now
    }

    /// The variable's value; nil if it is not set or empty.
    subscript(variable: String) -> String? {
        environment.value[variable].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Those of `variables` that are not set.
    func missing(_ variables: String...) -> [String] {
        variables.filter { self[$0] == nil }
    }
}

/// A fact found out once and shared by all copies of a credential.
final class Remembered<Value: Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    var value: Value? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}

extension [String] {
    /// `a`, `a and b`, `a, b and c`.
    var listed: String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " and " + (last ?? "")
    }
}
