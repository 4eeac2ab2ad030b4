import AudioDSP
import RealtimeTesting
import Testing

@Suite("Echo canceller") struct EchoCancellerTests {
    /// Twelve seconds of something like speech: noise, low-passed, that comes and goes.
    private func voice(seed: UInt64, seconds: Int = 12) -> [Float] {
        var random = SplitMix64(seed: seed)
        var last: Float = 0
        return (0..<seconds * 24_000).map { index in
            last = 0.8 * last + 0.2 * Float.random(in: -1...1, using: &random)
            return index / 6000 % 3 == 2 ? 0 : last
        }
    }

    private func echo(of samples: [Float], delay: Int) -> [Float] {
        samples.indices.map { index in
            let early = index >= delay ? samples[index - delay] : 0
            let late = index >= delay + 700 ? samples[index - delay - 700] : 0
            return 0.3 * early + 0.1 * late
        }
    }

    /// What is left of it, in dB below the echo, over the last second.
    private func clean(_ heard: [Float], _ played: [Float], rate: Int = 24_000) throws -> [Int16] {
        let canceller = try EchoCanceller(rate: rate)
        let heard = PCM16.integers(heard)
        let played = PCM16.integers(played)
        // Pieces of any size: messages are not frames.
        var result: [Int16] = []
        var start = 0
        for size in sequence(first: 480, next: { $0 % 700 + 137 }) {
            let end = min(start + size, heard.count)
            result += canceller.process(heard[start..<end], playing: Array(played[start..<end]))
            start = end
            if end == heard.count { break }
        }
        return result
    }

    @Test("an echo goes, whatever its delay", arguments: [0, 1200, 7200])
    func alone(delay: Int) throws {
        let played = voice(seed: 1)
        let heard = echo(of: played, delay: delay)
        let cleaned = try clean(heard, played)
        #expect(cleaned.count == heard.count)
        let before = PCM16.level(heard.suffix(48_000))
        let after = PCM16.level(cleaned.suffix(48_000))
        #expect(after < before - 15, "\(before) → \(after) dBFS")
    }

    @Test("a voice without any echo stays, 20 ms later")
    func voiceStays() throws {
        let spoken = voice(seed: 2)
        let cleaned = PCM16.floats(try clean(spoken, [Float](repeating: 0, count: spoken.count)))
        let level = PCM16.level(cleaned.suffix(24_000))
        #expect(abs(level - PCM16.level(spoken.suffix(24_000))) < 3)
    }

    @Test("a rate that makes no sense is refused")
    func rate() { #expect(throws: AudioError.self) { try EchoCanceller(rate: 100) } }
}
