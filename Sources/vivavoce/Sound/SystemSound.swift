import Foundation

/// The system's own programs for sound: ALSA's `arecord` and `aplay`, or `rec` and `play` of SoX.
enum SystemSound {
    static let recorders = [
        ["arecord", "-q", "-t", "raw", "-f", "S16_LE", "-r", "24000", "-c", "1"],
        ["rec", "-q", "-t", "raw", "-e", "signed", "-b", "16", "-r", "24000", "-c", "1", "-"],
    ]
    static let players = [
        ["aplay", "-q", "-t", "raw", "-f", "S16_LE", "-r", "24000", "-c", "1", "-"],
        ["play", "-q", "-t", "raw", "-e", "signed", "-b", "16", "-r", "24000", "-c", "1", "-"],
    ]

    /// The first of these commands that is installed.
    static func first(of commands: [[String]], path: String? = ProcessInfo.processInfo.environment["PATH"]) -> [String]?
    {
        let folders = (path ?? "").split(separator: ":")
        return commands.first { command in
            folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(command[0])") }
        }
    }

    /// A process for one of these commands, found on the path.
    static func process(_ command: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardError = FileHandle.nullDevice
        return process
    }
}
