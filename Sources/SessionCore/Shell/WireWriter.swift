import AudioDSP
import RealtimeProtocol

/// Writes what a session says as messages of its dialect.
///
/// Sound is written straight from samples to base64 to bytes: it is nearly all of what a server says. Used alike when a
/// session runs and when its recording is replayed, so the bytes are the same.
struct WireWriter {
    /// The message for an event, or `nil` if the dialect never sends it.
    static func message(_ event: ServerEvent, _ dialect: Dialect) -> [UInt8]? { dialect.encode(event)?.bytes }

    /// The message that carries a piece of sound.
    static func message(_ delta: AudioDelta, of said: AudioLog, _ dialect: Dialect) -> [UInt8]? {
        guard let type = dialect.wireType(of: .responseOutputAudioDelta) else { return nil }
        var message = Array(
            """
            {"type":"\(type)","event_id":"\(delta.eventID)","response_id":"\(delta.part.responseID)",\
            "item_id":"\(delta.part.itemID)","output_index":\(delta.part.outputIndex),\
            "content_index":\(delta.part.contentIndex),"delta":"
            """.utf8)
        bytes(of: [delta.range], in: said, delta.format).withUnsafeBytes { Base64.encode($0, into: &message) }
        message += #""}"#.utf8
        return message
    }

    /// The message that shows an item with its audio.
    static func message(
        _ eventID: EventID, _ item: Item, audio: [AudioSpan?], of log: (AudioSpan.Track) -> AudioLog, _ dialect: Dialect
    ) -> [UInt8]? {
        var item = item
        if case .message(let role, let content) = item.body {
            let whole = content.enumerated().map { index, part in
                guard index < audio.count, let span = audio[index] else { return part }
                let base64 = Base64.encode(bytes(of: span.ranges, in: log(span.track), span.format))
                return switch part {
                case .inputAudio(let transcript, _): ContentPart.inputAudio(transcript: transcript, audio: base64)
                case .outputAudio(let transcript, _): .outputAudio(transcript: transcript, audio: base64)
                default: part
                }
            }
            item.body = .message(role: role, content: whole)
        }
        return message(ServerEvent(eventID: eventID, .conversationItemRetrieved(ItemRetrieved(item: item))), dialect)
    }

    /// Keeps the audio that a client gave within an item.
    static func keep(_ base64: String, _ format: AudioFormat, in log: inout AudioLog) {
        var bytes = Base64.decode(base64.utf8) ?? []
        if bytes.count % format.bytesPerSample != 0 { bytes.removeLast() }
        let samples: [Int16] =
            switch format {
            case .pcm: PCM16.decode(bytes)
            case .pcmu: G711.decode(bytes, .mu)
            case .pcma: G711.decode(bytes, .a)
            }
        _ = log.append(samples[...], rate: format.sampleRate)
    }

    /// Sound as the wire carries it; silence where it is no longer kept.
    private static func bytes(of ranges: [Range<Int>], in log: AudioLog, _ format: AudioFormat) -> [UInt8] {
        var bytes: [UInt8] = []
        for range in ranges {
            guard let (samples, rate) = log.samples(in: range) else { continue }
            // 8 kHz sound takes three ticks a sample: held for them it is 24 kHz, and the other way round.
            let own: [Int16] =
                if rate == format.sampleRate {
                    samples
                } else if rate < format.sampleRate {
                    samples.flatMap { repeatElement($0, count: format.sampleRate / rate) }
                } else {
                    stride(from: 0, to: samples.count, by: rate / format.sampleRate).map { samples[$0] }
                }
            switch format {
            case .pcm: bytes += PCM16.encode(own)
            case .pcmu: bytes += G711.encode(own, .mu)
            case .pcma: bytes += G711.encode(own, .a)
            }
        }
        return bytes
    }
}
