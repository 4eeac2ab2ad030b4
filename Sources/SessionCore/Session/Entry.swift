import RealtimeProtocol

/// An item of the conversation, with what only the server knows of it.
struct Entry: Equatable, Sendable {
    var item: Item
    /// What was understood of speech in it. `nil` while that is still being worked out.
    var understood: String? = ""
    /// Which attempt at understanding it counts.
    var attempt = 0
    /// The words of it that the client has read while they were being said.
    var told: [Substring] = []
    /// Whether the client wants to read what was understood.
    var isTranscribed = false
    /// Where each part's audio stands.
    var audio: [AudioSpan?] = []
    /// What was said in it, clause by clause: needed to cut it where the user stopped listening.
    var clauses: [Clause] = []
    /// Whether the model no longer sees it: the conversation had become too long.
    var isLeftOut = false
    /// What the user heard of it, where the client is not to read that.
    var heardWords: String?
    /// Whether the client has cut it: what is made for it still is not added.
    var isCut = false

    /// A stretch of text and the sound that says it.
    struct Clause: Equatable, Sendable {
        let text: String
        private(set) var sound: [Range<Int>]
        private(set) var ticks: Int
        let words: Int

        init(text: String, sound: [Range<Int>]) {
            self.text = text
            self.sound = sound
            ticks = sound.reduce(0) { $0 + $1.count }
            words = text.split(separator: " ").count
        }

        /// Adds sound. What follows directly makes one stretch with what was there.
        mutating func append(_ range: Range<Int>) {
            ticks += range.count
            if let last = sound.last, last.upperBound == range.lowerBound {
                sound[sound.count - 1] = last.lowerBound..<range.upperBound
            } else {
                sound.append(range)
            }
        }
    }

    var id: ItemID { item.id ?? "" }
    var spokenTicks: Int { clauses.reduce(0) { $0 + $1.ticks } }

    /// Milliseconds of the user's speech in it.
    var heardMs: Int {
        audio.reduce(0) { sum, span in
            guard let span, span.track != .said else { return sum }
            return sum + span.ranges.reduce(0) { $0 + $1.count } / 24
        }
    }
}

/// How much audio a track has had, in ticks, and from where it is still kept.
struct Track: Equatable, Sendable {
    var kept = 0
    var end = 0
    var length: Int { end - kept }
}
