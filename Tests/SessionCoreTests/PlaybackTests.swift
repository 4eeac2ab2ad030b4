import AudioDSP
import Testing

@testable import SessionCore

@Suite("Playback") struct PlaybackTests {
    /// A log in which sample n is n.
    private let said: AudioLog = {
        var log = AudioLog()
        log.append((0..<1000).map { Int16($0) }[...], rate: 24_000)
        return log
    }()

    @Test("what is sent is played at once, or after what was sent before; between is silence")
    func order() {
        var playback = Playback()
        playback.play(100..<110, at: 50)
        playback.play(110..<120, at: 52)
        #expect(
            playback.samples(during: 45..<75, from: said, rate: 24_000) == Array(repeating: 0, count: 5)
                + (100..<120).map { Int16($0) } + Array(repeating: 0, count: 5))
        playback.play(200..<205, at: 100)
        #expect(playback.samples(during: 98..<103, from: said, rate: 24_000) == [0, 0, 200, 201, 202])
    }

    @Test("who falls silent plays nothing of what was sent")
    func stop() {
        var playback = Playback()
        playback.play(0..<100, at: 0)
        playback.play(100..<200, at: 0)
        playback.stop(at: 30)
        #expect(playback.samples(during: 28..<32, from: said, rate: 24_000) == [28, 29, 0, 0])
        playback.play(500..<510, at: 40)
        #expect(playback.samples(during: 39..<42, from: said, rate: 24_000) == [0, 500, 501])
    }

    @Test("sound of another rate, and what is no longer kept, is silence")
    func unknown() {
        var playback = Playback()
        playback.play(900..<1100, at: 0)
        #expect(playback.samples(during: 0..<3, from: said, rate: 8000) == [0])
        #expect(playback.samples(during: 0..<200, from: said, rate: 24_000).allSatisfy { $0 == 0 })
    }
}
