import Foundation
import Synchronization
import Testing

@testable import AzureIdentity

/// A clock that stands still until it is told, and pauses that pass at once and are kept.
final class TestClock: Sendable {
    /// A whole number of seconds since 1970.
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    private let time = Mutex(start)
    private let kept = Mutex<[Double]>([])

    var now: Date { time.withLock { $0 } }
    /// In seconds.
    var pauses: [Double] { kept.withLock { $0 } }

    func advance(by seconds: TimeInterval) { time.withLock { $0 += seconds } }

    func surroundings(_ environment: [String: String]) -> Surroundings {
        var surroundings = Surroundings(environment: environment, now: { self.now })
        surroundings.pause = { duration in self.kept.withLock { $0.append(duration / .seconds(1)) } }
        return surroundings
    }
}

/// A service principal in the environment; the authority is `server`.
func principal(_ server: TokenServer, secret: String = "hush-hush") -> [String: String] {
    [
        "AZURE_TENANT_ID": "contoso", "AZURE_CLIENT_ID": "my-app", "AZURE_CLIENT_SECRET": secret,
        "AZURE_AUTHORITY_HOST": server.url,
    ]
}

/// A folder that is removed at the end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/azure-identity-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(path)/\(name)")
    }

    func read(_ name: String) -> String? {
        try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }
}

/// The error `body` throws; nil, and another issue, if it throws none of ours.
func failure(_ body: () async throws -> AccessToken) async -> IdentityError? {
    do {
        let token = try await body()
        Issue.record("no error, but a token: \(token)")
    } catch let error as IdentityError {
        return error
    } catch {
        Issue.record(error)
    }
    return nil
}

/// Everything printing and dumping show of `value`.
func everything(of value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    return "\(value) \(String(reflecting: value)) \(dumped)"
}

/// Waits for `condition`, at most five seconds.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0..<500 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return condition()
}
