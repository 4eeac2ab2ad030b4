import ArgumentParser
import AudioDSP
import Foundation
import RealtimeClient
import RealtimeProtocol
import Synchronization
import UnixSignals

/// `vivavoce talk`
struct Talk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Hold a conversation in the terminal.",
        discussion: """
            With the system's microphone and loudspeaker (alsa-utils or sox); speak at any time, also over an answer:

              vivavoce talk
              vivavoce talk --push-to-talk                 Enter begins and ends a turn
              vivavoce talk --url ws://host:8080 --api-key KEY

            Without them, with a recording in place of the microphone and a file in place of the loudspeaker, or with
            another program's raw samples (16 bits, 24 kHz, mono):

              vivavoce talk --input question.wav --out conversation.wav
              my-recorder | vivavoce talk --input -

            Ctrl-C ends the conversation.
            """)

    @OptionGroup var server: ServerOptions
    @Option(help: "A WAV file in place of the microphone, or - for raw samples from standard input.") var input: String?
    @Option(help: "Write the answers as they were heard to a WAV file.") var out: String?
    @Flag(help: "Play nothing.") var mute = false
    @Flag(help: "Enter begins and ends a turn, instead of silence.") var pushToTalk = false
    @Option(help: "The voice of the answers.") var voice: String?
    @Option(help: "How the model should behave.") var instructions: String?
    @Flag(help: "Let meaning end a turn, not silence alone; nods and coughs do not interrupt.") var semantic = false

    func validate() throws {
        if pushToTalk, input != nil { throw ValidationError("--push-to-talk needs the keyboard and a microphone.") }
        if pushToTalk, semantic { throw ValidationError("With --push-to-talk no detector ends a turn.") }
    }

    func run() async throws {
        let recording = try input.flatMap { $0 == "-" ? nil : try SpeechFile.samples(in: $0) }
        let loudspeaker = Loudspeaker(isAudible: !mute, keeps: out != nil)
        var options = RealtimeSession.Options()
        options.interruption = { await loudspeaker.interrupt() }
        let played = try await server.withSession(options: options) { session in
            try await session.configure(settings)
            let microphone =
                if let recording { Microphone.recording(recording) } else if input == "-" {
                    Microphone.standardInput()
                } else { try Microphone.system() }
            let conversation = Conversation(
                session: session, loudspeaker: loudspeaker, captions: Captions(), isPushToTalk: pushToTalk,
                isLoud: !mute,
                length: recording.map { .seconds(Double($0.count) / 24_000) })
            try await conversation.hold(microphone)
            return await loudspeaker.played
        }
        guard let out else { return }
        try SpeechFile.write(played, to: out)
    }

    private func settings(_ settings: inout SessionPatch) {
        settings.instructions = instructions
        settings.audio = SessionPatch.Audio()
        settings.audio?.input = SessionPatch.Input()
        settings.audio?.input?.transcription = .value(Transcription(model: "whisper-1"))
        if pushToTalk {
            settings.audio?.input?.turnDetection = .null
        } else {
            settings.audio?.input?.turnDetection = .value(semantic ? .semanticVAD(.init()) : .serverVAD(.init()))
        }
        guard let voice else { return }
        settings.audio?.output = SessionPatch.Output()
        settings.audio?.output?.voice = Voice(voice)
    }
}

extension Talk {
    /// One conversation from its first word to Ctrl-C, or to the answer to the last word of a recording.
    struct Conversation: Sendable {
        private enum Ending { case interrupted, answered }

        private enum Line {
            case user(InputAudioItem)
            case model(RealtimeResponse)
        }

        let session: RealtimeSession
        let loudspeaker: Loudspeaker
        let captions: Captions
        let isPushToTalk: Bool
        /// Whether answers are to be played.
        let isLoud: Bool
        /// How long a recording in place of the microphone is.
        let length: Duration?
        private let floor = Floor()

        /// Who has it.
        private final class Floor: Sendable {
            let state = Mutex(State())
        }

        private struct State {
            var isTalking = false
            var busy = 0
            var lastEnd = ContinuousClock.now
        }

        func hold(_ microphone: Microphone.Samples) async throws {
            captions.note(
                isPushToTalk
                    ? "Press Enter, speak, press Enter. Ctrl-C ends the conversation."
                    : "Speak. Ctrl-C ends the conversation.")
            if isLoud, await !loudspeaker.isAudible {
                captions.note("(Nothing is played: there is no aplay or play here. Answers are shown only.)")
            }
            await loudspeaker.begin()
            let (lines, line) = AsyncStream.makeStream(of: Line.self)
            let writing = Task { for await line in lines { await write(line) } }
            try await withThrowingTaskGroup(of: Ending.self) { group in
                group.addTask { await untilInterrupted() }
                group.addTask { try await listen(to: microphone) }
                group.addTask { try await follow { line.yield($0) } }
                if let length { group.addTask { try await untilAnswered(length) } }
                if isPushToTalk { group.addTask { try await takeTurns { line.yield($0) } } }
                defer { group.cancelAll() }
                let ending = try await group.next()
                line.finish()
                if ending == .interrupted { writing.cancel() } else { await loudspeaker.finish() }
            }
            await writing.value
            captions.end()
        }

        /// Sends what is said.
        private func listen(to microphone: Microphone.Samples) async throws -> Ending {
            for try await samples in microphone {
                let level = Level.decibels(ArraySlice(PCM16.floats(samples)))
                captions.meter(microphone: level, loudspeaker: await loudspeaker.level)
                if !isPushToTalk || floor.state.withLock(\.isTalking) { try await session.sendAudio(samples) }
            }
            // A program that has no more to say may still wait for the answer; silence ends its last turn.
            let silence = Task {
                for try await samples in Microphone.recording([]) where !isPushToTalk {
                    try await session.sendAudio(samples)
                }
            }
            defer { silence.cancel() }
            return try await untilAnswered(.zero)
        }

        /// Plays and shows what happens.
        private func follow(_ show: @escaping @Sendable (Line) -> Void) async throws -> Ending {
            for try await event in session.events {
                switch event {
                case .inputAudio(let item): show(.user(item))
                case .response(let response):
                    show(.model(response))
                    Task { await play(response) }
                case .error(let error): captions.note("(\(error.message))")
                case .unknown: break
                case .reconnected: captions.note("(The connection broke and stands again.)")
                }
            }
            return .interrupted
        }

        private func play(_ response: RealtimeResponse) async {
            floor.state.withLock { $0.busy += 1 }
            defer {
                floor.state.withLock {
                    $0.busy -= 1
                    $0.lastEnd = .now
                }
            }
            do {
                for try await case .message(let message) in response {
                    for try await case .audio(let audio) in message {
                        for try await chunk in audio.audioChunks { await loudspeaker.play(chunk, of: audio.itemID) }
                    }
                }
            } catch {}  // the session's end is told by its events
        }

        private func write(_ line: Line) async {
            do {
                switch line {
                case .user(let item):
                    guard let words = try await item.completion().transcript, !words.isEmpty else { return }
                    captions.begin("You")
                    captions.add(words)
                case .model(let response):
                    captions.begin("Answer")
                    for try await case .message(let message) in response {
                        for try await content in message {
                            switch content {
                            case .audio(let audio):
                                for try await words in audio.transcriptChunks { captions.add(words) }
                            case .text(let text): for try await words in text.textChunks { captions.add(words) }
                            }
                        }
                    }
                    let end = try await response.completion()
                    if end.status == .cancelled { captions.add(" …") }
                    if let error = end.statusDetails?.error { captions.add("(failed: \(error.message ?? error.type))") }
                }
            } catch is CancellationError {
                // Ctrl-C in the middle of a word.
            } catch {
                captions.add("(\(error))")
            }
            captions.end()
        }

        /// Enter begins a turn, Enter ends it.
        private func takeTurns(_ show: @escaping @Sendable (Line) -> Void) async throws -> Ending {
            for await _ in Self.keys() {
                let wasTalking = floor.state.withLock { state in
                    defer { state.isTalking.toggle() }
                    return state.isTalking
                }
                if wasTalking {
                    show(.user(try await session.commitAudio()))
                    let response = try await session.generateResponse()
                    show(.model(response))
                    Task { await play(response) }
                } else if let heard = await loudspeaker.interrupt() {
                    try? await session.truncate(heard)
                }
                if !wasTalking { captions.note("(Listening; Enter ends the turn.)") }
            }
            return .answered
        }

        private static func keys() -> AsyncStream<Void> {
            AsyncStream { continuation in
                // Not by `readLine`: while it waits it holds a lock that flushing the captions would wait for.
                Thread {
                    while let byte = try? FileHandle.standardInput.read(upToCount: 1)?.first {
                        if byte == UInt8(ascii: "\n") { continuation.yield() }
                    }
                    continuation.finish()
                }.start()
            }
        }

        /// Returns when a recording has been said and nothing more is being answered.
        private func untilAnswered(_ length: Duration) async throws -> Ending {
            try await Task.sleep(for: length + .seconds(2))
            while true {
                let (isBusy, lastEnd) = floor.state.withLock { ($0.busy > 0, $0.lastEnd) }
                if !isBusy, await !loudspeaker.isPlaying, ContinuousClock.now - lastEnd > .seconds(1) {
                    return .answered
                }
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        /// Returns at Ctrl-C.
        private func untilInterrupted() async -> Ending {
            let signals = await UnixSignalsSequence(trapping: .sigint)
            for await _ in signals { break }
            return .interrupted
        }
    }
}
