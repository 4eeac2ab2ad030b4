import Foundation
import RealtimeBench
import RealtimeClient
import RealtimeServer

/// A server of this program in a process of its own, so that its processor time and memory can be told apart.
enum ServerProcess {
    /// How long the models may take to load from a cold disk.
    private static let patience = Duration.seconds(180)

    /// Starts it on a free port, calls `body` once its models are loaded, and ends it.
    ///
    /// - Parameter config: a configuration file.
    static func run(
        preset: ServerConfiguration.Preset?, config: String? = nil, _ body: (Target) async throws -> Void
    ) async throws {
        let name =
            config.map { URL(filePath: $0).deletingPathExtension().lastPathComponent } ?? preset?.rawValue ?? "standard"
        guard let program = Bundle.main.executablePath else {
            throw Failure("This program cannot find its own file. Start a server yourself and give its --url.")
        }
        let log = FileManager.default.temporaryDirectory.appending(path: "vivavoce-bench-\(UUID().uuidString).log")
        try Data().write(to: log)
        defer { try? FileManager.default.removeItem(at: log) }
        // Nobody else's deployments, which would take memory and time.
        let data = FileManager.default.temporaryDirectory.appending(path: "vivavoce-bench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let output = try FileHandle(forWritingTo: log)
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments =
            ["serve", "--port", "0", "--data-directory", data.path] + (preset.map { ["--preset", $0.rawValue] } ?? [])
            + (config.map { ["--config", $0] } ?? [])
        process.standardOutput = output
        process.standardError = output
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        FileHandle.standardError.write(Data("Starting a server (\(name)) …\n".utf8))
        let deadline = ContinuousClock.now + patience
        var address: String?
        while address == nil {
            try await Task.sleep(for: .milliseconds(100))
            let text = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            guard process.isRunning, ContinuousClock.now < deadline else {
                throw Failure("The server did not start:\n\(text.suffix(2000))")
            }
            if text.contains("Ready.") {
                address = text.firstMatch(of: /Listening on (ws:\/\/[^ ,]+)/).map { String($0.1) }
            }
        }
        try await body(
            Target(
                name: name, url: RealtimeService.url(address ?? "").url,
                process: Int(process.processIdentifier)))
    }
}
