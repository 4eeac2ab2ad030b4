import AudioDSP
import RealtimeProtocol
import SpeechEngines

/// What the session's one task has before it: the session, its audio, and what is to be done next.
struct SessionDesk {
    private(set) var session: Session
    private var ear: Ear
    private var heard = AudioLog()
    private var said = AudioLog()
    private var given = AudioLog()
    /// What the client plays, while its echo is to be taken out of what it hears.
    private var playback: Playback?
    private var effects: [Effect] = []
    private var recorder: (any SessionRecorder)?
    private var clock = TurnClock()
    private let now: @Sendable () -> Int
    private let report: @Sendable (TurnTiming) -> Void
    private let meter: (any SessionMeter)?
    private var allowance: RateLimit?

    init(
        session: Session, cascade: Cascade, suppressesEcho: Bool, recorder: (any SessionRecorder)?,
        meter: (any SessionMeter)?, now: @escaping @Sendable () -> Int, report: @escaping @Sendable (TurnTiming) -> Void
    ) {
        self.session = session
        playback = suppressesEcho ? Playback() : nil
        self.recorder = recorder
        self.now = now
        self.report = report
        self.meter = meter
        ear = Ear(detector: cascade.detector, noiseReducer: cascade.noiseReducer)
    }

    mutating func takeEffects() -> [Effect] {
        defer { effects.removeAll(keepingCapacity: true) }
        return effects
    }

    mutating func handle(_ input: Input) {
        switch input {
        case .message, .generation(_, .finished), .generation(_, .failed):
            // A response may end here, and with it the client is told what is left.
            if let allowance = meter?.allowance, allowance != self.allowance {
                self.allowance = allowance
                take(.allowance(allowance))
            }
        default: break
        }
        take(input)
    }

    private mutating func take(_ input: Input) {
        recorder?.record(input)
        let before = effects.count
        session.handle(input, into: &effects)
        for timing in clock.note(input, effects[before...], session, at: now()) {
            recorder?.record(timing)
            report(timing)
        }
    }

    // MARK: What the client says

    /// What a message consists of, in portions that leave room for others.
    enum Piece {
        case input(Input)
        case audio(ArraySlice<Int16>, rate: Int)
    }

    /// Most samples listened to at a time: a second of PCM.
    private static let portion = 24_000
    /// Most bytes of audio in one event (protocol.md A.5).
    private static let largestAppend = 15 * 1024 * 1024

    mutating func pieces(of message: ClientMessage) -> [Piece] {
        guard case .text(let bytes) = message else { return [.input(.unreadable(.binaryFrame))] }
        if let plain = bytes.withUnsafeBufferPointer({ AudioAppendScanner($0) }) {
            return pieces(ofAudio: bytes[plain.audio], eventID: plain.eventID)
        }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: bytes)
        } catch {
            return [.input(.unreadable(.invalidJSON(error)))]
        }
        guard json["type"] == "input_audio_buffer.append" else { return [.input(.message(json))] }
        // The dialect says what is wrong with it, or that it is well.
        var dialect = session.dialect
        do throws(RealtimeError) {
            let event = try dialect.decode(json)
            guard case .inputAudioBufferAppend(let append) = event.body else { return [] }
            return pieces(ofAudio: ArraySlice(append.audio.utf8), eventID: event.eventID)
        } catch {
            return [.input(.unreadable(error))]
        }
    }

    private mutating func pieces(ofAudio base64: ArraySlice<UInt8>, eventID: String?) -> [Piece] {
        let format = session.configuration.audio.input.format
        let bytes = Base64.decode(base64)
        guard let bytes, !bytes.isEmpty else {
            var error = RealtimeError.invalidAudio("audio", isEmpty: bytes != nil, format: format)
            error.eventID = eventID
            return [.input(.unreadable(error))]
        }
        guard bytes.count <= Self.largestAppend else {
            var error = RealtimeError.tooLong("audio", bytes.count, most: Self.largestAppend)
            error.message =
                "Invalid 'audio': \(bytes.count) bytes of audio in one event. Send at most 15 MiB at a time."
            error.eventID = eventID
            return [.input(.unreadable(error))]
        }
        let samples = ear.samples(in: bytes, format: format)
        if var error = session.refusal(ofTicks: samples.count * (24_000 / format.sampleRate)) {
            error.eventID = eventID
            return [.input(.unreadable(error))]
        }
        return stride(from: 0, to: samples.count, by: Self.portion).map {
            .audio(samples[$0..<min($0 + Self.portion, samples.count)], rate: format.sampleRate)
        }
    }

    /// Lets a piece happen. Audio is listened to first: a tenth of a millisecond for each window.
    mutating func admit(_ piece: Piece) async {
        switch piece {
        case .input(let input):
            if case .message(let message) = input, let type = message["type"]?.string,
                ["input_audio_buffer.commit", "input_audio_buffer.clear"].contains(type)
            {
                ear.endBuffer()
            }
            handle(input)
        case .audio(let appended, let rate):
            let samples = clean(appended, rate)
            let range = heard.append(samples, rate: rate)
            recorder?.record(Array(samples), rate: rate, on: .heard)
            meter?.count(seconds: Double(samples.count) / Double(rate), on: .heard)
            var windows: [VoiceWindow] = []
            if session.configuration.audio.input.turnDetection != nil {
                do {
                    windows = try await ear.listen(to: samples, at: range)
                } catch {
                    handle(.unreadable(.server("The voice-activity detector failed: \(error)", code: "engine_failed")))
                }
            } else {
                ear.forget()
            }
            handle(.audio(AudioArrival(range: range, windows: windows)))
        }
    }

    private mutating func clean(_ samples: ArraySlice<Int16>, _ rate: Int) -> ArraySlice<Int16> {
        do {
            var samples = samples
            let range = heard.end..<heard.end + samples.count * (AudioLog.ticksPerSecond / rate)
            if let reference = playback?.samples(during: range, from: said, rate: rate) {
                samples = try ear.cancelEcho(of: reference, in: samples, rate: rate)
            }
            return try ear.clean(samples, rate: rate, for: session.configuration.audio.input.noiseReduction?.type)
        } catch {
            handle(.unreadable(.server("What was heard could not be cleaned: \(error)", code: "engine_failed")))
            return samples
        }
    }

    // MARK: Audio

    /// What an engine said for a response.
    mutating func say(_ id: ResponseID, _ clause: String?, _ samples: [Int16], _ rate: Int) {
        let range = said.append(samples[...], rate: rate)
        recorder?.record(samples, rate: rate, on: .said)
        meter?.count(seconds: Double(samples.count) / Double(rate), on: .said)
        handle(.generation(id, .sound(range, clause: clause)))
    }

    mutating func keep(_ base64: String, _ format: AudioFormat) { WireWriter.keep(base64, format, in: &given) }

    mutating func forget(_ track: AudioSpan.Track, before place: Int) {
        switch track {
        case .heard: heard.drop(before: place)
        case .said: said.drop(before: place)
        case .given: given.drop(before: place)
        }
    }

    private func log(_ track: AudioSpan.Track) -> AudioLog {
        switch track {
        case .heard: heard
        case .said: said
        case .given: given
        }
    }

    /// Samples to be understood, with their rate; what is no longer kept is left out.
    func samples(of span: AudioSpan) -> (samples: [Int16], rate: Int) {
        let log = log(span.track)
        let parts = span.ranges.compactMap { log.samples(in: $0) }
        return (parts.flatMap(\.samples), parts.first?.rate ?? 24_000)
    }

    // MARK: What is said to the client

    mutating func write(_ effect: Effect) -> [UInt8]? {
        let message: [UInt8]?
        var sound: Range<Int>?
        switch effect {
        case .send(let event):
            switch event.body {
            case .inputAudioBufferSpeechStarted: playback?.stop(at: heard.end)
            case .responseDone(let done):
                if done.response.status == .cancelled { playback?.stop(at: heard.end) }
                if let usage = done.response.usage { meter?.count(usage) }
            default: break
            }
            message = WireWriter.message(event, session.dialect)
        case .sendAudio(let delta):
            message = WireWriter.message(delta, of: said, session.dialect)
            sound = delta.range
            playback?.play(delta.range, at: heard.end)
        case .sendItem(let id, let item, let audio):
            message = WireWriter.message(id, item, audio: audio, of: log, session.dialect)
        default: message = nil
        }
        if let message { recorder?.record(wire: message, sound: sound) }
        return message
    }
}
