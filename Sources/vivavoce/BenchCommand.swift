public import ArgumentParser
import AudioDSP
import Foundation
public import RealtimeBench
import RealtimeClient
import RealtimeServer

/// `vivavoce bench`
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Talk to a Realtime server as many users would, and tell how long its answers take.",
        discussion: """
            Real speech in real time. Without a URL a server is started with the models of this machine:

              vivavoce bench
              vivavoce bench --sessions 1 --rounds 1 --svg turns.svg
              vivavoce bench --interruptions 5
              vivavoce bench --knee 900

            Any server, of any make, in either dialect:

              vivavoce bench --url ws://127.0.0.1:8080 --api-key KEY --pid "$(pgrep -f 'vivavoce serve')"
              vivavoce bench --url ws://127.0.0.1:8765/v1/realtime?model=m --dialect preview

            Two or more, in turn, so that both have the same weather:

              vivavoce bench --config with.yaml --config without.yaml

            Leave the machine alone meanwhile. Benchmarks/README.md says what the figures mean.
            """)

    @Option(help: "A server that runs already, ws:// or wss://; may be given more than once.") var url: [String] = []
    @Option(help: "The server's process id, for CPU and memory; one for each URL.") var pid: [Int] = []
    @Option(help: "The key to show to it (default: VIVAVOCE_API_KEY).") var apiKey: String?
    @Option(help: "The model or deployment to ask for.") var model = "gpt-realtime"
    @Option(help: "How to speak to it: ga or preview.") var dialect = Wire.Dialect.ga
    @Option(help: "The models of an own server: small, standard, large or scripted (default: standard).")
    var preset: ServerConfiguration.Preset?
    @Option(help: "A configuration file for an own server; with more than one they are compared.")
    var config: [String] = []
    @Option(parsing: .upToNextOption, help: "How many sessions at once, one number after another (default: 1 4).")
    var sessions: [Int] = []
    @Option(help: "How often each session says everything.") var rounds = 3
    @Option(help: "Only so many utterances a round, for a quick look.") var turns: Int?
    @Option(help: "silence_duration_ms (default: the server's).") var silence: Int?
    @Option(help: "server_vad or semantic_vad (default: the server's).") var detection: String?
    @Option(help: "How often each session interrupts an answer, after the rounds.") var interruptions = 0
    @Option(help: "How many milliseconds of an answer are heard before it is interrupted.") var interruptAfter = 600
    @Option(
        help: ArgumentHelp(
            "Instead of turns: so many seconds of sound both ways at once in each session, for what the protocol costs."
        ))
    var duplex: Int?
    @Option(help: "Find how many sessions keep p95 voice-to-voice within so many milliseconds.") var knee: Double?
    @Option(help: "The most sessions to try for that.") var most = 64
    @Option(
        parsing: .upToNextOption,
        help: "WAV files to say instead of the recordings; each is one utterance, its end is found by its level.")
    var speech: [String] = []
    @Flag(help: "Also tell the stages of a turn, as far as a client can see them.") var stages = false
    @Flag(help: "Leave out how fast the language model is alone, for servers that cannot tell.") var noDecoding = false
    @Option(help: "Write every turn to this file, as JSON.") var json: String?
    @Option(help: "Draw every turn into this file, as SVG.") var svg: String?

    func validate() throws {
        guard url.isEmpty || config.isEmpty else {
            throw ValidationError("A server is either given by --url or started with --config, not both.")
        }
        guard pid.isEmpty || pid.count == url.count else {
            throw ValidationError("Give one --pid for each --url, or none.")
        }
        guard rounds >= 0, rounds + interruptions + (duplex ?? 0) > 0 else {
            throw ValidationError("There is nothing to do: ask for at least one round or one interruption.")
        }
        guard interruptions >= 0, interruptAfter >= 0, most > 0, sessions.allSatisfy({ 1...10_000 ~= $0 }),
            turns.map({ $0 > 0 }) ?? true
        else { throw ValidationError("Numbers of sessions, turns, interruptions and milliseconds count from 1 up.") }
        guard detection.map(["server_vad", "semantic_vad"].contains) ?? true else {
            throw ValidationError("--detection is server_vad or semantic_vad.")
        }
        guard detection != "semantic_vad" || silence == nil else {
            throw ValidationError("semantic_vad has no silence: leave out --silence.")
        }
    }

    func run() async throws {
        var plan = Bench.Plan(Array(try utterances().prefix(turns ?? .max)))
        plan.wire = Wire(dialect: dialect, silence: silence, detection: detection)
        plan.rounds = duplex == nil ? rounds : 0
        plan.duplex = duplex.map { .seconds($0) }
        plan.interruptions = interruptions
        plan.interruptAfter = .milliseconds(interruptAfter)
        plan.measuresDecoding = !noDecoding && duplex == nil
        // Two quiet cores give 23 and more with the standard preset; the other presets' models have no bar.
        plan.leastDecoding = url.isEmpty && config.isEmpty && preset ?? .standard == .standard && !noDecoding ? 20 : nil
        if !url.isEmpty {
            try await bench(url.indices.map(target), plan)
        } else if config.isEmpty {
            try await ServerProcess.run(preset: preset) { try await bench([$0], plan) }
        } else {
            try await serve(config[...], plan, [])
        }
    }

    /// Starts a server for each configuration, one within the other, and measures when all run.
    private func serve(_ configs: ArraySlice<String>, _ plan: Bench.Plan, _ running: [Target]) async throws {
        guard let config = configs.first else { return try await bench(running, plan) }
        try await ServerProcess.run(preset: preset, config: config) {
            try await serve(configs.dropFirst(), plan, running + [$0])
        }
    }

    private func bench(_ targets: [Target], _ plan: Bench.Plan) async throws {
        let bench = Bench(targets, plan) { Self.tell($0) }
        var result = BenchResult.begun()
        print("Machine: \(result.machine).")
        if let knee {
            result.knee = try await bench.knee(limit: knee, most: most) { result.runs.append($0) }
        } else {
            for count in sessions.isEmpty ? [1, 4] : sessions { result.runs += try await bench.run(sessions: count) }
        }
        let silence = result.runs.first?.silence.map { "\($0) ms" } ?? "the server's choice"
        print(
            "Silence before a turn ends: \(silence); \(plan.rounds) rounds of \(plan.utterances.count) utterances.\n\n"
                + Report.markdown(result.runs, stages: stages))
        if let knee = result.knee {
            print(
                "\np95 voice-to-voice within \(Int(knee.limit)) ms: \(knee.sessions) sessions"
                    + (knee.wasPassed ? ", no more." : "; more were not tried."))
        }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try Self.write(encoder.encode(result), to: json)
        }
        if let svg { try Self.write(Data(Picture.svg(result).utf8), to: svg) }
    }

    private func target(_ index: Int) -> Target {
        let key = apiKey ?? ProcessInfo.processInfo.environment["VIVAVOCE_API_KEY"]
        let address = RealtimeService.url(url[index], model: model).url
        var headers =
            key.map { [Header(name: "Authorization", value: "Bearer \($0)"), Header(name: "api-key", value: $0)] } ?? []
        if dialect == .preview { headers.append(Header(name: "OpenAI-Beta", value: "realtime=v1")) }
        return Target(
            name: url.count == 1 ? "server" : url[index], url: address, headers: headers,
            process: pid.isEmpty ? nil : pid[index])
    }

    private func utterances() throws -> [Utterance] {
        guard !speech.isEmpty else { return try Recordings.utterances() }
        return try speech.map { path in
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Failure("\(path) cannot be read. Give the path of a WAV file.")
            }
            do {
                let name = URL(filePath: path).deletingPathExtension().lastPathComponent
                guard let utterance = try Utterance(name: name, WAV([UInt8](data))) else {
                    throw Failure("there is nothing above -50 dBFS in it.")
                }
                return utterance
            } catch {
                throw Failure("\(path) cannot be said: \(error)")
            }
        }
    }

    private static func write(_ data: Data, to path: String) throws {
        do {
            try data.write(to: URL(filePath: path))
        } catch {
            throw Failure("\(path) cannot be written. Does its folder exist, and may you write there?")
        }
    }

    private static func tell(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}

extension Wire.Dialect: ExpressibleByArgument {}
