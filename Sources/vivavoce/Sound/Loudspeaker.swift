import AudioDSP
import Foundation
import RealtimeClient
import RealtimeProtocol

/// Plays what is said, knows how much of it was heard, and falls silent at a word.
///
/// Only a fifth of a second is handed to the system ahead of time: what is queued there cannot be called back.
actor Loudspeaker {
    private struct Piece {
        var item: ItemID
        var samples: ArraySlice<Int16>
    }

    private static let ahead = Duration.milliseconds(200)

    private let command: [String]?
    private var player: Process?
    private var pipe: Pipe?
    private var queue: [Piece] = []
    private var writer: Task<Void, Never>?
    /// When what was handed over has been heard.
    private var heardUntil = ContinuousClock.now
    private var current: (item: ItemID, samples: Int)?
    /// What was played, with the silence between.
    private(set) var played: [Int16] = []
    private var begun = ContinuousClock.now
    private let keeps: Bool
    private(set) var level: Float = -90

    /// - Parameters:
    ///   - isAudible: whether to play; else time passes as if.
    ///   - keeps: whether ``played`` is wanted afterwards.
    init(isAudible: Bool, keeps: Bool) {
        command = isAudible ? SystemSound.first(of: SystemSound.players) : nil
        self.keeps = keeps
    }

    /// From here on ``played`` is counted.
    func begin() { begun = .now }

    /// Whether there is a program that plays.
    var isAudible: Bool { command != nil }

    /// Whether something is being played.
    var isPlaying: Bool { !queue.isEmpty || heardUntil > .now }

    /// Plays more of an item, after what was given before.
    func play(_ bytes: [UInt8], of item: ItemID) {
        queue.append(Piece(item: item, samples: PCM16.decode(bytes)[...]))
        if writer == nil { writer = Task { await write() } }
    }

    /// Falls silent; how far the item that was playing was heard.
    func interrupt() -> RealtimeSession.Heard? {
        guard isPlaying, let current else { return nil }
        let unheard = max(.zero, heardUntil - .now)
        let heard = Double(current.samples) / 24 - Double(unheard.components.attoseconds) / 1e15
        queue = []
        if keeps { played.removeLast(min(played.count, Int(Double(unheard.components.attoseconds) / 1e15 * 24))) }
        heardUntil = .now
        self.current = nil
        stop()
        return RealtimeSession.Heard(itemID: current.item, milliseconds: max(0, Int(heard)))
    }

    /// Returns when everything given has been heard.
    func finish() async {
        while isPlaying { try? await Task.sleep(for: .milliseconds(20)) }
        stop()
    }

    private func write() async {
        while let piece = queue.first {
            let now = ContinuousClock.now
            if heardUntil > now + Self.ahead {
                try? await Task.sleep(for: .milliseconds(20))
                continue
            }
            let samples = piece.samples.prefix(960)
            queue[0].samples = piece.samples.dropFirst(960)
            if queue[0].samples.isEmpty { queue.removeFirst() }
            if heardUntil < now {
                if keeps { padWithSilence() }
                heardUntil = now
            }
            if current?.item != piece.item { current = (piece.item, 0) }
            current?.samples += samples.count
            heardUntil += .seconds(Double(samples.count) / 24_000)
            level = Level.decibels(ArraySlice(PCM16.floats(Array(samples))))
            if keeps { played += samples }
            emit(samples)
        }
        writer = nil
        level = -90
    }

    private func padWithSilence() {
        let now = ContinuousClock.now - begun
        let missing = Int(Double(now.components.seconds) * 24_000 + Double(now.components.attoseconds) / 1e18 * 24_000)
        if missing > played.count { played += [Int16](repeating: 0, count: missing - played.count) }
    }

    private func emit(_ samples: ArraySlice<Int16>) {
        guard let command else { return }
        if player == nil {
            let process = SystemSound.process(command)
            let input = Pipe()
            process.standardInput = input
            guard (try? process.run()) != nil else { return }
            player = process
            pipe = input
        }
        // A player that went away is no reason to end the conversation.
        try? pipe?.fileHandleForWriting.write(contentsOf: Data(PCM16.encode(samples)))
    }

    private func stop() {
        try? pipe?.fileHandleForWriting.close()
        if let player, player.isRunning { player.terminate() }
        player = nil
        pipe = nil
    }
}
