public import RealtimeProtocol
public import SpeechEngines

/// Everything that a session can want done.
public enum Effect: Equatable, Sendable {
    /// Say this to the client.
    case send(ServerEvent)
    /// Send this sound to the client.
    case sendAudio(AudioDelta)
    /// Show this item to the client, with its audio.
    case sendItem(EventID, Item, audio: [AudioSpan?])
    /// Keep this audio of a client's item; it stands at the end of the track of what was given.
    case keep(base64: String, format: AudioFormat)
    /// Understand this.
    case recognize(Recognition)
    /// Say how likely it is that the speaker of this item has finished; the audio ends in a pause.
    case judge(ItemID, voicedUntil: Int, AudioSpan)
    /// Get ready for a prompt like this.
    case prefill(Prompt)
    /// Answer, and report with this identifier.
    case generate(ResponseID, Cascade.Request)
    /// Begin an answer that may never be wanted, and report in the same way. It gives way to those that are.
    case prepare(ResponseID, Cascade.Request)
    /// The answer that was prepared is wanted now.
    case confirm(ResponseID)
    /// This response has ended: whatever is still being made for it is not wanted.
    case cancel(ResponseID)
    /// Audio of a track before this place is no longer needed.
    case forget(AudioSpan.Track, before: Int)
    /// Tell the session the time, after so many milliseconds.
    case wake(afterMs: Int)
    /// End the connection.
    case close(code: Int, reason: String)
}

/// Which audio is meant.
public struct AudioSpan: Equatable, Sendable, Codable {
    /// The tracks of a session.
    public enum Track: String, Sendable, Codable {
        /// What the client appended.
        case heard
        /// What the engines said.
        case said
        /// What came within items.
        case given
    }
    /// The track.
    public var track: Track
    /// Ticks of 24 kHz since its start.
    public var ranges: [Range<Int>]
    /// How it is written on the wire.
    public var format: AudioFormat
}

/// A piece of an answer's sound on its way to the client.
public struct AudioDelta: Equatable, Sendable {
    /// The event's name.
    public var eventID: EventID
    /// The part it belongs to.
    public var part: PartEnd
    /// Ticks of the track of what is said.
    public var range: Range<Int>
    /// How it is written on the wire.
    public var format: AudioFormat
}

/// A wish to have speech understood.
public struct Recognition: Equatable, Sendable {
    /// The item it is for.
    public var item: ItemID
    /// Which attempt it is; an older attempt's result means nothing any more.
    public var attempt: Int
    /// Which audio.
    public var audio: AudioSpan
    /// Whether somebody waits for it; a hypothesis is a guess while the user still speaks.
    public var isFinal: Bool
}
