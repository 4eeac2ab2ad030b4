import ArgumentParser
import AudioDSP
import Foundation
import RealtimeClient
import RealtimeProtocol

/// `vivavoce transcribe`
struct Transcribe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write down what is said.",
        discussion: """
            A WAV file of any rate, or raw samples (16 bits, 24 kHz, mono) from another program while it records:

              vivavoce transcribe interview.wav
              arecord -t raw -f S16_LE -r 24000 -c 1 | vivavoce transcribe -
              vivavoce transcribe interview.wav --times --url ws://host:8080

            One line for each turn, as soon as it is over.
            """)

    @Argument(help: "A WAV file, or - for standard input.") var source: String
    @OptionGroup var server: ServerOptions
    @Option(help: "The language, as ISO 639-1; whatever is heard by default.") var language: String?
    @Flag(help: "Begin each line with where the turn began and ended, in seconds.") var times = false

    func run() async throws {
        let recording = source == "-" ? nil : try SpeechFile.samples(in: source)
        try await server.withService(query: "intent=transcription") { service, credential in
            let connection = try await RealtimeConnection.connect(to: service, credential: credential)
            try await connection.send(ClientEvent(.sessionUpdate(SessionUpdate(session: settings))))
            let speaking = Task {
                if let recording {
                    try await connection.send(samples: recording)
                } else {
                    for try await samples in Microphone.standardInput() { try await connection.send(samples: samples) }
                }
                // Silence ends the last turn; what comes of it is told before the buffer is cleared.
                try await connection.send(samples: [Int16](repeating: 0, count: 24_000))
                try await connection.send(ClientEvent(.inputAudioBufferClear(NoFields())))
            }
            defer { speaking.cancel() }
            try await write(connection.events)
            try await speaking.value
            await connection.close()
        }
    }

    private var settings: SessionPatch {
        var settings = SessionPatch()
        settings.type = .transcription
        settings.audio = SessionPatch.Audio()
        settings.audio?.input = SessionPatch.Input()
        settings.audio?.input?.transcription = .value(Transcription(model: "whisper-1", language: language))
        var detection = TurnDetection.ServerVAD()
        detection.silenceDurationMs = 500
        settings.audio?.input?.turnDetection = .value(.serverVAD(detection))
        return settings
    }

    /// Writes each turn down, until the last one is.
    private func write(_ events: RealtimeConnection.Events) async throws {
        var starts: [ItemID: Int] = [:], ends: [ItemID: Int] = [:]
        var isOver = false
        for try await event in events {
            switch event.body {
            case .inputAudioBufferSpeechStarted(let event): starts[event.itemID] = event.audioStartMs
            case .inputAudioBufferSpeechStopped(let event): ends[event.itemID] = event.audioEndMs
            case .inputAudioTranscriptionCompleted(let event):
                show(event.transcript, from: starts.removeValue(forKey: event.itemID), to: ends[event.itemID])
            case .inputAudioTranscriptionFailed(let event):
                throw Failure("What was said could not be written down: \(event.error.message)")
            case .inputAudioBufferCleared: isOver = true
            case .error(let event): throw Failure("The server refused: \(event.error.message)")
            default: break
            }
            if isOver, starts.isEmpty { return }
        }
        throw Failure("The server went away before everything was written down.")
    }

    private func show(_ words: String, from start: Int?, to end: Int?) {
        guard !words.isEmpty else { return }
        func seconds(_ ms: Int?) -> String { String(format: "%7.2f", Double(ms ?? 0) / 1000) }
        print(times ? "\(seconds(start))–\(seconds(end))  \(words)" : words)
        fflush(nil)
    }
}

extension RealtimeConnection {
    /// A message of at most a second: the service works while the next one travels.
    fileprivate func send(samples: [Int16]) async throws {
        for start in stride(from: 0, to: samples.count, by: 24_000) {
            try await send(audio: PCM16.encode(samples[start..<min(start + 24_000, samples.count)]))
        }
    }
}
