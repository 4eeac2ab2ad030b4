#if os(macOS) || os(Linux)
import Foundation
import Testing

@testable import AzureIdentity

struct AzureCLICredentialTests {
    let clock = TestClock()
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A credential whose `az` is `script`, which finds its folder in `$HERE`.
    private func credential(
        _ script: String, tenantID: String? = nil, timeout: Duration = .seconds(10)
    ) throws -> AzureCLICredential {
        try folder.write("#!/bin/sh\n\(script)\n", to: "az", mode: 0o755)
        return AzureCLICredential(
            tenantID: tenantID, timeout: timeout,
            clock.surroundings(["PATH": "/nowhere:\(folder.path):/usr/bin:/bin", "HERE": folder.path]))
    }

    private let reply = #"{"accessToken":"abc","expiresOn":"2001-01-01 00:00:00.000000","expires_on":1800003600}"#

    @Test func azIsAskedForTheResource() async throws {
        let script = #"""
            for word in "$@"; do echo "$word" >> "$HERE/arguments"; done
            echo "WARNING: a notice" >&2
            echo "$AZURE_CORE_NO_COLOR $(pwd)" > "$HERE/surroundings"
            echo '\#(reply)'
            """#
        let token = try await credential(script, tenantID: "contoso").token()
        #expect(token == AccessToken(value: "abc", expiresOn: TestClock.start + 3600))
        #expect(
            folder.read("arguments")?.split(separator: "\n") == [
                "account", "get-access-token", "--output", "json", "--resource",
                "https://cognitiveservices.azure.com", "--tenant", "contoso",
            ])
        #expect(folder.read("surroundings") == "true /\n")
    }

    @Test func theTokenIsKept() async throws {
        let credential = try credential(#"echo x >> "$HERE/calls"; echo '\#(reply)'"#)
        for _ in 0..<3 { _ = try await credential.token() }
        #expect(folder.read("calls") == "x\n")
    }

    @Test(
        arguments: [
            ("2026-07-01 12:00:00.000000", "UTC", 1_782_907_200), ("2026-07-01 12:00:00", "UTC", 1_782_907_200),
            ("2026-07-01 12:00:00.123456", "Europe/Berlin", 1_782_900_000), ("", "UTC", nil),
            ("2026-07-01", "UTC", nil), ("2026-13-01 12:00:00", "UTC", nil), ("99999999999999999999", "UTC", nil),
        ] as [(String, String, Double?)])
    func olderVersionsGiveALocalTime(text: String, zone: String, seconds: Double?) throws {
        let json = Data(#"{"accessToken":"abc","expiresOn":"\#(text)"}"#.utf8)
        let reply = try JSONDecoder().decode(CLIReply.self, from: json)
        let token = reply.accessToken(timeZone: try #require(TimeZone(identifier: zone)))
        #expect(token?.expiresOn == seconds.map { Date(timeIntervalSince1970: $0) })
    }

    @Test(arguments: ["/nowhere", "", ".:relative"])
    func withoutAz(path: String) async {
        let credential = AzureCLICredential(clock.surroundings(["PATH": path]))
        let error = await failure { try await credential.token() }
        #expect(error?.code == .unavailable)
        #expect(
            error?.description
                == "AzureCLICredential: az is not on the PATH: install the Azure CLI, then run az login")
    }

    @Test func anAzInARelativeFolderIsNotRun() async throws {
        _ = try credential(#"echo '\#(reply)'"#)
        let relative = String(repeating: "../", count: 50) + folder.path.dropFirst()
        #expect(FileManager.default.fileExists(atPath: relative + "/az"))
        let error = await failure { try await AzureCLICredential(clock.surroundings(["PATH": relative])).token() }
        #expect(error?.message.contains("az is not on the PATH") == true)
    }

    @Test func aFileThatCannotBeRunIsNotAz() async throws {
        let credential = try credential("exit 0")
        try folder.write("#!/bin/sh", to: "az", mode: 0o644)
        let error = await failure { try await credential.token() }
        #expect(error?.message.contains("install the Azure CLI") == true)
    }

    @Test(arguments: [
        (
            "ERROR: Please run 'az login' to setup account.", 1, IdentityError.Code.unavailable,
            "nobody is logged in to the Azure CLI: run az login"
        ),
        (
            "ERROR: AADSTS70043: expired. Run: az login --scope x", 1, .unavailable,
            "run az login (ERROR: AADSTS70043: expired. Run: az login --scope x)"
        ), ("ERROR: AADSTS500011: no such resource", 1, .refused, "az ended with status 1: ERROR: AADSTS500011"),
        ("", 3, .refused, "az ended with status 3 and no message"),
        ("/opt/az/python: not found", 127, .unavailable, "install the Azure CLI"),
        ("ERROR: got eyJhbGciOiJSUzI1NiJ9.secret.part", 2, .refused, "ERROR: got (hidden)"),
    ])
    func whyAzFailed(words: String, status: Int, code: IdentityError.Code, message: String) async throws {
        let credential = try credential(#"cat "$HERE/words" >&2; exit \#(status)"#)
        try folder.write(words, to: "words")
        let error = await failure { try await credential.token() }
        #expect(error?.code == code)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "no error")")
    }

    @Test(arguments: [
        "", "{", "[]", "<html>", #"{"accessToken":"tok-en"}"#, #"{"accessToken":"tok-en","expires_on":1e99}"#,
        #"{"accessToken":"","expires_on":1800003600}"#, #"{"accessToken":"tok-en"#,
    ])
    func whatIsNoToken(text: String) async throws {
        let credential = try credential(#"cat "$HERE/text""#)
        try folder.write(text, to: "text")
        let error = await failure { try await credential.token() }
        #expect(error?.code == .invalidResponse)
        #expect(error?.message.contains("az printed \(text.utf8.count) bytes") == true)
        #expect(error?.message.contains("tok-en") == false)
    }

    @Test(arguments: ["x; rm -rf y", "$(id)", "--help", "a b", "", "https://x/é"])
    func aScopeThatIsNoneReachesNoProcess(scope: String) async throws {
        let credential = try credential(#"touch "$HERE/ran"; echo '\#(reply)'"#)
        let error = await failure { try await credential.token(for: [scope]) }
        #expect(error?.code == .invalidConfiguration)
        #expect(folder.read("ran") == nil)
    }

    /// Writes the process ids of the script and of a child that it waits for, as the real `az` waits for Python.
    private let slow = #"sleep 60 & echo "$$ $!" > "$HERE/pids.new"; mv "$HERE/pids.new" "$HERE/pids"; wait"#

    /// The processes of the slow script that are still there.
    private func living() -> [pid_t] {
        let pids = folder.read("pids")?.split { " \n".contains($0) }.compactMap { pid_t($0) } ?? []
        return pids.filter { kill($0, 0) == 0 && !isZombie($0) }
    }

    /// Dead, and its parent (the container's first process) has not noticed.
    private func isZombie(_ pid: pid_t) -> Bool {
        let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return stat.split(separator: ")").last?.hasPrefix(" Z") == true
    }

    @Test func aSlowAzIsKilledWithWhatItStarted() async throws {
        let credential = try credential(slow, timeout: .seconds(1))
        let start = ContinuousClock.now
        let error = await failure { try await credential.token() }
        #expect(ContinuousClock.now - start < .seconds(30))
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("did not answer within 1 s and was killed") == true)
        #expect(folder.read("pids") != nil)
        #expect(await eventually { living().isEmpty })
    }

    @Test func anAzNobodyWaitsForIsKilled() async throws {
        let credential = try credential(slow)
        let task = Task { try await credential.token() }
        #expect(await eventually { folder.read("pids") != nil })
        #expect(living().count == 2)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(await eventually { living().isEmpty })
    }

    @Test func whatAzLeavesBehindDoesNotHoldItUp() async throws {
        let credential = try credential(#"sleep 60 & echo $! > "$HERE/pids"; echo '\#(reply)'"#)
        let start = ContinuousClock.now
        #expect(try await credential.token().value == "abc")
        #expect(ContinuousClock.now - start < .seconds(30))
        for pid in living() { kill(pid, SIGKILL) }
    }

    @Test func anAzThatNeverStopsTalkingIsCutOff() async throws {
        let error = await failure { try await credential("exec yes").token() }
        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("printed more than 1 MiB") == true)
    }

    @Test func noPrintoutHoldsTheEnvironment() async throws {
        let credential = AzureCLICredential(clock.surroundings(["PATH": "/x", "AZURE_CLIENT_SECRET": "hush-hush"]))
        #expect(!everything(of: credential).contains("hush-hush"))
    }
}
#endif
